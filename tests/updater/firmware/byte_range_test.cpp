// The arithmetic of byte ranges.
#include "updater/firmware/byte_range.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater::firmware;

namespace {

constexpr std::uint64_t far = std::uint64_t{1} << 40;

} // namespace

TEST_GROUP(ByteRange){};

TEST(ByteRange, has_an_end_and_loses_its_first_bytes) {
    CHECK_TRUE((ByteRange{3, 4}.end_bytes() == 7));
    CHECK_TRUE((ByteRange::between(3, 7) == ByteRange{3, 4}));
    CHECK_TRUE((ByteRange{3, 4}.without_first(0) == ByteRange{3, 4}));
    CHECK_TRUE((ByteRange{3, 4}.without_first(1) == ByteRange{4, 3}));
    CHECK_TRUE((ByteRange{3, 4}.without_first(4).empty()));
    CHECK_FALSE((ByteRange{3, 1}.empty()));
}

TEST(ByteRange, overlaps_and_covers) {
    struct Case {
        ByteRange one;
        ByteRange other;
        ByteRange overlap;
        ByteRange cover;
    };
    const Case cases[] = {
        {{0, 5}, {2, 5}, {2, 3}, {0, 7}},           {{0, 9}, {2, 5}, {2, 5}, {0, 9}},
        {{0, 5}, {5, 5}, {5, 0}, {0, 10}},          {{0, 5}, {7, 2}, {7, 0}, {0, 9}},
        {{3, 0}, {0, 9}, {3, 0}, {0, 9}},           {{far, far}, {far + 1, 1}, {far + 1, 1}, {far, far}},
        {{0, 1}, {far, 1}, {far, 0}, {0, far + 1}},
    };
    for (const Case &one : cases) {
        CHECK_TRUE(overlap(one.one, one.other) == one.overlap);
        CHECK_TRUE(overlap(one.other, one.one) == one.overlap);
        CHECK_TRUE(cover(one.one, one.other) == one.cover);
        CHECK_TRUE(cover(one.other, one.one) == one.cover);
    }
}

TEST(ByteRange, is_appended_or_extends_the_last_one) {
    struct Case {
        std::vector<ByteRange> ranges;
        ByteRange next;
        std::uint64_t max_gap_bytes;
        std::vector<ByteRange> result;
    };
    const Case cases[] = {
        {{}, {3, 4}, 0, {{3, 4}}},
        {{{0, 3}}, {3, 4}, 0, {{0, 7}}},
        {{{0, 3}}, {4, 4}, 0, {{0, 3}, {4, 4}}},
        {{{0, 3}}, {4, 4}, 1, {{0, 8}}},
        {{{0, 3}}, {2, 4}, 9, {{0, 3}, {2, 4}}}, // overlapping ones stay as they are
        {{{5, 3}}, {0, 2}, 9, {{5, 3}, {0, 2}}}, // and those in another order
        {{{far, far}}, {2 * far, 1}, 0, {{far, far + 1}}},
    };
    for (const Case &one : cases) {
        std::vector<ByteRange> ranges = one.ranges;
        append(ranges, one.next, one.max_gap_bytes);
        CHECK_TRUE(ranges == one.result);
    }
}

TEST(ByteRange, adds_up) {
    CHECK_TRUE(total_bytes({}) == 0);
    CHECK_TRUE(total_bytes(std::vector<ByteRange>{{0, 3}, {9, 0}, {far, 4}}) == 7);
}

TEST(ByteRange, is_walked_through_by_a_cursor) {
    const std::vector<ByteRange> ranges = {{0, 0}, {1, 2}, {3, 0}, {3, 1}, {10, 5}, {20, 0}};
    RangeCursor cursor(ranges);
    struct Case {
        std::uint64_t offset_bytes;
        ByteRange current;
    };
    const Case cases[] = {
        {0, {1, 2}}, {2, {2, 1}},  {1, {2, 1}}, // never back
        {3, {3, 1}}, {4, {10, 5}}, {9, {10, 5}}, {14, {14, 1}},
    };
    for (const Case &one : cases) {
        cursor.advance_to(one.offset_bytes);
        CHECK_FALSE(cursor.at_end());
        CHECK_TRUE(cursor.current() == one.current);
    }
    cursor.advance_to(15);
    CHECK_TRUE(cursor.at_end());
    CHECK_TRUE(RangeCursor({}).at_end());
}
