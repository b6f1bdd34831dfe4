// Which free blocks are allocated.
#include "image/image-tool/free_space.hpp"

#include <CppUTest/TestHarness.h>

namespace {

using image_tool::FreeSpace;
using image_tool::Run;

TEST_GROUP(FreeSpace) {
    FreeSpace space;

    void setup() override {
        space.add({10, 5});
        space.add({20, 10});
        space.add({40, 3});
    }
};

TEST(FreeSpace, gives_the_next_run_that_is_long_enough) {
    const struct {
        std::uint64_t blocks, goal, expected;
    } cases[] = {{3, 0, 10}, {3, 11, 11}, {5, 11, 20}, {3, 25, 25}, {6, 25, 20}, {3, 41, 10}, {10, 0, 20}};
    for (const auto &one : cases) {
        FreeSpace copy = space;
        const std::vector<Run> runs = copy.allocate(one.blocks, one.goal);
        LONGS_EQUAL(1, runs.size());
        LONGS_EQUAL(one.expected, runs[0].first);
        LONGS_EQUAL(18 - one.blocks, copy.free_blocks());
    }
}

TEST(FreeSpace, gives_the_longest_runs_where_none_is_long_enough) {
    const std::vector<Run> runs = space.allocate(16, 0);
    CHECK((runs == std::vector<Run>{{20, 10}, {10, 5}, {40, 1}}));
}

TEST(FreeSpace, takes_only_what_is_wholly_free) {
    CHECK(!space.take({14, 2}));
    CHECK(!space.take({5, 1}));
    LONGS_EQUAL(18, space.free_blocks());
    CHECK(space.take({22, 2}));
    CHECK(!space.take({23, 1}));
    LONGS_EQUAL(6, space.longest().blocks);
}

TEST(FreeSpace, joins_what_comes_back) {
    space.add({15, 5});
    LONGS_EQUAL(10, space.longest().first);
    LONGS_EQUAL(20, space.longest().blocks);
}

} // namespace
