// Records: the chunk comes back, and hostile records do no harm.
#include "updater/firmware/patch_encoder.hpp"

#include <algorithm>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::firmware;
using Kind = PatchStep::Kind;

namespace {

std::vector<std::byte> numbers(std::size_t length, unsigned seed, unsigned different) {
    std::minstd_rand next(seed);
    std::vector<std::byte> bytes(length);
    for (std::byte &byte : bytes)
        byte = static_cast<std::byte>(next() % different);
    return bytes;
}

} // namespace

TEST_GROUP(PatchCodec) {
    const std::vector<std::byte> base = numbers(100000, 1, 256);
    std::vector<std::byte> raw = numbers(60000, 2, 256);
    std::vector<PatchStep> steps;

    BaseReader reader() const {
        return [this](std::uint64_t offset, std::span<std::byte> into) {
            if (offset > base.size() || into.size() > base.size() - offset)
                throw std::out_of_range("beyond the base");
            std::copy_n(base.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
        };
    }

    /// A chunk that has every kind of step.
    void setup() override {
        const auto take = [&](std::size_t at, std::size_t from, std::size_t length) {
            std::copy_n(base.begin() + static_cast<std::ptrdiff_t>(from), length,
                        raw.begin() + static_cast<std::ptrdiff_t>(at));
        };
        take(0, 50000, 20000);
        take(20000, 3, 10000);
        for (std::size_t at = 20000; at < 30000; at += 50)
            raw[at] = static_cast<std::byte>(std::to_integer<int>(raw[at]) + 9);
        std::fill_n(raw.begin() + 40000, 20000, std::byte{0});
        steps = {{Kind::copy, 50000, 20000},
                 {Kind::add, 3, 10000},
                 {Kind::literal, 0, 10000},
                 {Kind::zero, 0, 20000}};
    }

    std::vector<std::byte> apply(std::span<const std::byte> record, std::size_t length) const {
        std::vector<std::byte> made(length);
        apply_patch_record(record, one_by_one(reader()), made);
        return made;
    }
};

TEST(PatchCodec, makes_the_chunk_again) {
    const auto record = encode_patch_record(steps, raw, reader());
    CHECK_TRUE(apply(record, raw.size()) == raw);
    CHECK_TRUE(record.size() <
               10000 + 1000); // the literals cannot be compressed, the rest is next to nothing
}

TEST(PatchCodec, a_chunk_that_is_in_the_base_costs_next_to_nothing) {
    const auto record = encode_patch_record(std::vector<PatchStep>{{Kind::copy, 1000, 60000}},
                                            std::span(base).subspan(1000, 60000), reader());
    CHECK_TRUE(record.size() < 20);
    CHECK_TRUE(std::ranges::equal(apply(record, 60000), std::span(base).subspan(1000, 60000)));
}

TEST(PatchCodec, takes_the_smallest_method_for_each_stream) {
    // Little to compress, much to compress, nothing.
    for (const unsigned different : {2U, 20U, 256U}) {
        raw = numbers(60000, 3, different);
        const auto record =
            encode_patch_record(std::vector<PatchStep>{{Kind::literal, 0, 60000}}, raw, reader());
        CHECK_TRUE(apply(record, raw.size()) == raw);
        CHECK_TRUE(record.size() < 60100);
    }
}

TEST(PatchCodec, a_record_that_was_packed_quickly_makes_the_chunk_too) {
    const auto smallest = encode_patch_record(steps, raw, reader());
    const auto quick = encode_patch_record(steps, raw, reader(), PackingEffort::quick);
    CHECK_TRUE(apply(quick, raw.size()) == raw);
    CHECK_TRUE(smallest.size() <= quick.size());
    CHECK_TRUE(quick.size() < raw.size());
}

TEST(PatchCodec, writes_no_record_whose_steps_do_not_add_up) {
    for (const std::uint32_t length : {0U, 19999U, 20001U}) {
        steps.back().length_bytes = length;
        CHECK_THROWS(std::invalid_argument, encode_patch_record(steps, raw, reader()));
    }
}

TEST(PatchCodec, refuses_records_that_do_not_make_exactly_the_chunk) {
    const auto record = encode_patch_record(steps, raw, reader());
    for (std::size_t length = 0; length < record.size(); length += 1 + record.size() / 100)
        CHECK_THROWS(std::runtime_error, apply(std::span(record).first(length), raw.size()));
    CHECK_THROWS(std::runtime_error, apply(record, raw.size() - 1));
    CHECK_THROWS(std::runtime_error, apply(record, raw.size() + 1));
    auto longer = record;
    longer.push_back(std::byte{0});
    CHECK_THROWS(std::runtime_error, apply(longer, raw.size()));
}

TEST(PatchCodec, a_changed_byte_does_no_harm_outside_the_chunk) {
    steps = {{Kind::copy, 50000, 20000}, {Kind::add, 3, 10000}, {Kind::zero, 0, 30000}};
    std::fill_n(raw.begin() + 30000, 30000, std::byte{0});
    const auto record = encode_patch_record(steps, raw, reader());
    for (std::size_t place = 0; place < record.size(); ++place)
        for (const unsigned change : {1U, 0x80U, 0xffU}) {
            auto changed = record;
            changed[place] ^= static_cast<std::byte>(change);
            try {
                apply(changed, raw.size());
            } catch (const std::runtime_error &) {
            } catch (const std::out_of_range &) {
            }
        }
}
