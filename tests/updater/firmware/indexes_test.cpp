// The indexes behind the image: written, read again, refused when they break a rule.
#include "tests/support/firmware_fixture.hpp"

#include "updater/firmware/chunk_codec.hpp"
#include "updater/firmware/patch_index.hpp"
#include "updater/firmware/unit_index.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::testing;
using namespace updater::firmware;

namespace {

const partitions::base::Sha256 x_hash = partitions::base::sha256_of(std::string_view("x"));

/// A whole chunk, zeros, and a chunk of one unit and a bit.
ChunkIndex three_chunks(std::uint64_t stored_first, std::uint64_t stored_last) {
    ChunkIndex index;
    index.chunks = {{ChunkKind::zstd_units, 0, chunk_bytes, 0, stored_first, x_hash, x_hash},
                    {ChunkKind::zero, chunk_bytes, chunk_bytes, stored_first, 0, x_hash, x_hash},
                    {ChunkKind::zstd_units, 2 * chunk_bytes, unit_bytes + 5000, stored_first, stored_last,
                     x_hash, x_hash}};
    index.image_bytes = 2 * chunk_bytes + unit_bytes + 5000;
    index.stored_bytes = stored_first + stored_last;
    return index;
}

UnitIndex units_of(const ChunkIndex &chunks) {
    UnitIndex units(3);
    for (const std::size_t number : {std::size_t{0}, std::size_t{2}}) {
        const Chunk &chunk = chunks.chunks[number];
        units[number].resize(unit_count(chunk.raw_bytes));
        std::uint64_t offset = chunk.stored_offset_bytes + 4 * units[number].size();
        for (std::size_t unit = 0; unit < units[number].size(); ++unit) {
            Unit &each = units[number][unit];
            each.stored_offset_bytes = offset;
            if (number == 0 && unit == 3)
                continue; // zeros
            each.stored_bytes = static_cast<std::uint32_t>(100 + unit);
            each.stored_hash.fill(static_cast<std::byte>(unit));
            each.blocks.resize(number == 2 && unit == 1 ? 2 : unit_bytes / lookup_block_bytes);
            offset += each.stored_bytes;
        }
    }
    return units;
}

constexpr std::uint64_t stored_first = 128UL * 4 + 127UL * 100 + 128UL * 127 / 2 - 3;
constexpr std::uint64_t stored_last = 2 * 4 + 100 + 101;

} // namespace

TEST_GROUP(UnitIndex) {
    const ChunkIndex chunks = three_chunks(stored_first, stored_last);
    const UnitIndex units = units_of(chunks);
    const std::string bytes = serialize(units);
};

TEST(UnitIndex, is_read_as_it_was_written) {
    CHECK_TRUE(parse_unit_index(bytes, chunks) == units);
}

TEST(UnitIndex, is_refused_when_it_breaks_a_rule) {
    const auto outcome = [](const std::string &text, const ChunkIndex &index) {
        return outcome_of([&] { parse_unit_index(text, index); });
    };
    for (std::size_t length = 0; length < bytes.size(); length += 101)
        STRCMP_EQUAL("wrong_index", outcome(bytes.substr(0, length), chunks).c_str());
    STRCMP_EQUAL("wrong_index", outcome(bytes + "x", chunks).c_str());
    STRCMP_EQUAL("wrong_index", outcome(bytes, three_chunks(stored_first + 1, stored_last)).c_str());
    STRCMP_EQUAL("wrong_index", outcome(bytes, three_chunks(stored_first, stored_last - 1)).c_str());
    std::string later = bytes;
    later[later.find('\n') - 1] = '2';
    STRCMP_EQUAL("unsupported_format", outcome(later, chunks).c_str());
}

TEST(UnitIndex, takes_a_short_last_block_as_filled_with_zeros) {
    std::vector<std::byte> block(lookup_block_bytes, std::byte{0});
    block[0] = std::byte{1};
    CHECK_TRUE(block_tag(block) == block_tag(std::span(block).first(100)));
}

TEST_GROUP(PatchIndex){};

TEST(PatchIndex, is_read_as_it_was_written_and_refused_when_it_breaks_a_rule) {
    const ChunkIndex chunks = three_chunks(1000, 500);
    const PatchIndex index = {PatchRecord{0, 70, x_hash}, std::nullopt, PatchRecord{70, 30, x_hash}};
    const std::string text = serialize(index);
    CHECK_TRUE(parse_patch_index(text, chunks, 100) == index);

    const std::string header = "update-control patch 1\n";
    const std::string hexadecimal = partitions::base::to_hexadecimal(x_hash);
    struct Case {
        const char *what;
        std::string text;
        const char *outcome;
    };
    const std::vector<Case> cases = {
        {"no records", header + "-\n-\n-\n", "wrong_index"}, // they do not add up
        {"nothing", "", "wrong_index"},
        {"later format", "update-control patch 2\n", "unsupported_format"},
        {"a line too few", header + "100 " + hexadecimal + "\n-\n", "wrong_index"},
        {"a line too many", text + "-\n", "wrong_index"},
        {"record of zeros", header + "-\n100 " + hexadecimal + "\n-\n", "wrong_index"},
        {"empty record", header + "0 " + hexadecimal + "\n-\n100 " + hexadecimal + "\n", "wrong_index"},
        {"long record", header + "99999999 " + hexadecimal + "\n-\n-\n", "wrong_index"},
        {"no hash", header + "100\n-\n-\n", "wrong_index"},
        {"short hash", header + "100 " + hexadecimal.substr(1) + "\n-\n-\n", "wrong_index"},
        {"no line break", text.substr(0, text.size() - 1), "wrong_index"},
    };
    for (const Case &one : cases)
        STRCMP_EQUAL_TEXT(one.outcome, outcome_of([&] { parse_patch_index(one.text, chunks, 100); }).c_str(),
                          one.what);
}
