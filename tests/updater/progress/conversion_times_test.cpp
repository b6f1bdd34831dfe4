// What converting stores takes, by their size.
#include "updater/progress/conversion_times.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater::progress;

namespace {

constexpr double bytes_per_mib = 1024.0 * 1024;

ConversionTime converted(double seconds, double store_mib) {
    return {store_mib * bytes_per_mib, seconds};
}

} // namespace

TEST_GROUP(ConversionTimes){static void check(double seconds, const std::vector<ConversionTime> &before,
                                              std::optional<double> store_mib){
    const auto bytes = store_mib ? std::optional(*store_mib * bytes_per_mib) : std::nullopt;
DOUBLES_EQUAL(seconds, conversion_seconds(before, 1, bytes).value(), 0.01);
}
}
;

TEST(ConversionTimes, are_estimated_by_conversions_and_bytes) {
    DOUBLES_EQUAL(0, estimated_conversion_seconds(0, std::nullopt), 0.01);
    DOUBLES_EQUAL(15 + 15, estimated_conversion_seconds(1, std::nullopt), 0.01);
    DOUBLES_EQUAL(2 * 15 + 5, estimated_conversion_seconds(2, 100 * bytes_per_mib), 0.01);
}

TEST(ConversionTimes, are_not_known_without_a_history) {
    CHECK_FALSE(conversion_seconds({}, 1, 5 * bytes_per_mib).has_value());
}

TEST(ConversionTimes, of_a_store_of_the_same_size_are_the_same) {
    check(8, {converted(8, 100)}, 100);
    check(8, {converted(7, 100), converted(8, 105), converted(30, 110)}, 105);
}

TEST(ConversionTimes, of_another_size_grow_as_is_estimated_until_two_sizes_are_known) {
    // 15 + 5 then, 15 + 25 now.
    check(16, {converted(8, 100)}, 500);
    // 4 s and 1 s for each 50 MiB
    const std::vector<ConversionTime> two{converted(24, 1000), converted(6, 100)};
    check(14, two, 500);
    check(4, two, 0);
}

TEST(ConversionTimes, count_a_small_store_as_much_as_a_large_one) {
    // A line through all with the same absolute errors would be far off at 10 MiB.
    const double small = conversion_seconds({converted(4, 10), converted(110, 1000), converted(40, 400)}, 1,
                                            10 * bytes_per_mib)
                             .value();
    DOUBLES_EQUAL(4, small, 0.4);
}

TEST(ConversionTimes, do_not_shrink_as_stores_grow) {
    // Whatever made the small one slow, it was not its size.
    const double large =
        conversion_seconds({converted(9, 100), converted(4, 1000)}, 1, 2000 * bytes_per_mib).value();
    CHECK(large > 4);
    // Nothing takes less than no time.
    check(50, {converted(10, 100), converted(40, 400)}, 500);
    CHECK(conversion_seconds({converted(1, 100), converted(40, 400)}, 1, 50 * bytes_per_mib).value() > 0);
}

TEST(ConversionTimes, of_stores_of_unknown_size_are_the_median) {
    check(8, {{std::nullopt, 7}, {std::nullopt, 9}, {std::nullopt, 8}}, 100);
    check(8, {converted(7, 1), converted(9, 1000), converted(8, 30)}, std::nullopt);
    // Two that know their size say more than one that does not.
    check(5, {{std::nullopt, 70}, converted(5, 100)}, 100);
}
