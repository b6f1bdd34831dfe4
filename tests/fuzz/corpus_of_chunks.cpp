// Stored chunks and patch records for the fuzzers to begin with.
#include "tests/fuzz/corpus.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/patch_base.hpp"
#include "updater/firmware/chunk_codec.hpp"
#include "updater/firmware/patch_encoder.hpp"

#include <algorithm>
#include <random>

using namespace updater;
using namespace updater::firmware;

namespace fuzz {

namespace {

using Kind = firmware::PatchStep::Kind;

std::vector<std::byte> numbers(std::size_t length, unsigned seed, unsigned different) {
    std::minstd_rand next(seed);
    std::vector<std::byte> bytes(length);
    for (std::byte &byte : bytes)
        byte = static_cast<std::byte>('a' + next() % different);
    return bytes;
}

void add_chunk(const Corpus &corpus, const std::string &name, std::span<const std::byte> raw) {
    firmware::ChunkEncoder encoder(3);
    corpus.add("stored_chunk", name,
               number_in_input(raw.size()) + std::string(text_of(encoder.encode(raw).stored)));
}

void add_record(const Corpus &corpus, const std::string &name, const std::vector<firmware::PatchStep> &steps,
                std::span<const std::byte> raw) {
    const std::vector<std::byte> base = patch_base();
    const auto record = encode_patch_record(steps, raw, [&](std::uint64_t offset, std::span<std::byte> into) {
        std::ranges::copy(std::span(base).subspan(static_cast<std::size_t>(offset), into.size()),
                          into.begin());
    });
    corpus.add("patch_record", name, number_in_input(raw.size()) + std::string(text_of(record)));
}

/// Every kind of step.
void add_mixed_record(const Corpus &corpus) {
    const std::vector<std::byte> base = patch_base();
    std::vector<std::byte> raw = numbers(4000, 2, 20);
    const auto begin = raw.begin();
    std::copy_n(base.begin() + 50000, 1000, begin);
    std::copy_n(base.begin() + 3, 1000, begin + 1000);
    for (std::size_t at = 1000; at < 2000; at += 50)
        raw[at] ^= std::byte{9};
    std::fill_n(begin + 3000, 1000, std::byte{0});
    add_record(
        corpus, "every-step",
        {{Kind::copy, 50000, 1000}, {Kind::add, 3, 1000}, {Kind::literal, 0, 1000}, {Kind::zero, 0, 1000}},
        raw);
}

} // namespace

void write_chunk_inputs(const Corpus &corpus) {
    const auto text = numbers(2 * unit_bytes + 500, 1, 3);
    add_chunk(corpus, "short", std::span(text).first(100));
    add_chunk(corpus, "three-units", text);
    auto with_zeros = text;
    std::fill_n(with_zeros.begin(), unit_bytes, std::byte{0});
    std::fill_n(with_zeros.begin() + unit_bytes, unit_bytes, std::byte{'x'});
    add_chunk(corpus, "with-zeros", with_zeros);
    add_chunk(corpus, "as-it-is", numbers(300, 5, 200));

    add_mixed_record(corpus);
    const std::vector<std::byte> base = patch_base();
    add_record(corpus, "copy", {{Kind::copy, 1000, 60000}}, std::span(base).subspan(1000, 60000));
    // One for each method that a stream can have.
    add_record(corpus, "as-it-is", {{Kind::literal, 0, 100}}, numbers(100, 3, 200));
    add_record(corpus, "little-different", {{Kind::literal, 0, 3000}}, numbers(3000, 3, 2));
    add_record(corpus, "more-different", {{Kind::literal, 0, 3000}}, numbers(3000, 3, 20));
    const std::vector<std::byte> same(5000, std::byte{'x'});
    add_record(corpus, "same-bytes", {{Kind::literal, 0, 5000}}, same);
}

} // namespace fuzz
