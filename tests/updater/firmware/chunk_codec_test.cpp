// Chunks in units: the same bytes come back, unit by unit too, and hostile bytes do no harm.
#include "updater/firmware/chunk_codec.hpp"

#include "updater/firmware/chunk_index.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::firmware;

namespace {

std::vector<std::byte> text_like(std::size_t length, unsigned seed) {
    std::minstd_rand numbers(seed);
    std::vector<std::byte> bytes(length);
    for (std::byte &byte : bytes)
        byte = static_cast<std::byte>('a' + numbers() % 7);
    return bytes;
}

} // namespace

TEST_GROUP(ChunkCodec) {
    ChunkEncoder encoder{3};
    ChunkDecoder decoder;
};

TEST(ChunkCodec, gives_back_what_was_packed_whatever_the_length) {
    for (const std::size_t length : {std::size_t{1}, std::size_t{4096}, unit_bytes - 1, unit_bytes,
                                     unit_bytes + 1, unit_prefix_bytes + 3 * unit_bytes + 5}) {
        const auto raw = text_like(length, 1);
        const auto encoded = encoder.encode(raw);
        CHECK_EQUAL(unit_count(length), encoded.frames.size());
        CHECK_TRUE(encoded.stored.size() <= max_stored_chunk_bytes);
        std::vector<std::byte> again(length);
        decoder.unpack(encoded.stored, again);
        CHECK_TRUE(again == raw);
    }
}

TEST(ChunkCodec, unpacks_any_unit_after_what_is_before_it) {
    auto raw = text_like(8 * unit_bytes, 2);
    // The same text again: what lies before must be what it was packed with.
    std::copy_n(raw.begin(), 2 * unit_bytes, raw.begin() + 4 * unit_bytes);
    std::fill_n(raw.begin() + 2 * unit_bytes, unit_bytes, std::byte{0});
    const auto encoded = encoder.encode(raw);
    CHECK_TRUE(encoded.frames[2].empty());
    CHECK_TRUE(encoded.frames[4].size() < encoded.frames[0].size() / 10);
    for (std::size_t unit = 0; unit < 8; ++unit) {
        auto partly = raw;
        std::fill(partly.begin() + static_cast<std::ptrdiff_t>(unit * unit_bytes), partly.end(),
                  std::byte{7});
        decoder.unpack_unit(encoded.frames[unit], unit, partly);
        CHECK_TRUE(std::equal(raw.begin(), raw.begin() + static_cast<std::ptrdiff_t>((unit + 1) * unit_bytes),
                              partly.begin()));
    }
}

TEST(ChunkCodec, a_chunk_that_cannot_be_compressed_stays_within_the_bound) {
    std::vector<std::byte> raw(chunk_bytes);
    std::mt19937_64 numbers(3);
    std::ranges::generate(raw, [&] { return static_cast<std::byte>(numbers()); });
    CHECK_TRUE(encoder.encode(raw).stored.size() <= max_stored_chunk_bytes);
}

TEST(ChunkCodec, refuses_stored_bytes_that_do_not_make_exactly_the_chunk) {
    const auto raw = text_like(3 * unit_bytes, 4);
    const auto encoded = encoder.encode(raw);
    const std::vector<std::byte> stored(encoded.stored.begin(), encoded.stored.end());
    const auto unpack = [&](std::span<const std::byte> bytes, std::size_t length) {
        std::vector<std::byte> target(length);
        decoder.unpack(bytes, target);
    };
    for (std::size_t length = 0; length < stored.size(); length += 97)
        CHECK_THROWS(std::runtime_error, unpack(std::span(stored).first(length), raw.size()));
    CHECK_THROWS(std::runtime_error, unpack(stored, raw.size() - 1));
    CHECK_THROWS(std::runtime_error, unpack(stored, raw.size() + 1));
    auto longer = stored;
    longer.push_back(std::byte{0});
    CHECK_THROWS(std::runtime_error, unpack(longer, raw.size()));
    // Any changed byte either shows or changes only what is inside; the sanitizers see a write outside.
    for (std::size_t place = 0; place < stored.size(); place += 13) {
        auto changed = stored;
        changed[place] ^= std::byte{0x41};
        try {
            unpack(changed, raw.size());
        } catch (const std::runtime_error &) {
        }
    }
}
