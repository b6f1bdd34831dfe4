// Which requests a list of ranges becomes, and what of their bytes is passed on.
#include "updater/download/range_plan.hpp"

#include <string>
#include <string_view>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::download;

TEST_GROUP(RangePlan){};

TEST(RangePlan, joins_what_touches_or_nearly_does) {
    struct Case {
        std::vector<firmware::ByteRange> ranges;
        std::uint64_t gap_bytes;
        std::vector<firmware::ByteRange> requests;
    };
    const std::uint64_t far = std::uint64_t{1} << 40;
    const Case cases[] = {
        {{}, 10, {}},
        {{{5, 0}}, 10, {}},
        {{{0, 5}, {5, 5}}, 0, {{0, 10}}},
        {{{0, 5}, {6, 5}}, 0, {{0, 5}, {6, 5}}},
        {{{0, 5}, {6, 5}}, 1, {{0, 11}}},
        {{{0, 5}, {7, 0}, {9, 1}}, 3, {{0, 5}, {9, 1}}},
        {{{0, 5}, {9, 1}, {14, 1}, {far, 1}}, 4, {{0, 15}, {far, 1}}},
        {{{far, far}, {2 * far, 1}}, 0, {{far, far + 1}}},
    };
    for (const Case &one : cases)
        CHECK_TRUE(joined(one.ranges, one.gap_bytes) == one.requests);
}

TEST(RangePlan, passes_on_the_ranges_however_the_bytes_come) {
    const std::string contents = "0123456789abcdefghijklmnopqrstuvwxyz";
    const std::vector<firmware::ByteRange> ranges = {{1, 2}, {3, 0}, {3, 1}, {10, 5}, {20, 1}, {30, 2}};
    for (std::size_t piece = 1; piece <= contents.size(); ++piece) {
        std::string got;
        const firmware::ByteSource::Sink sink = [&](std::uint64_t offset, std::span<const std::byte> bytes) {
            CHECK_TRUE(!bytes.empty());
            CHECK_TRUE(std::byte(contents[offset]) == bytes.front());
            got.append(reinterpret_cast<const char *>(bytes.data()), bytes.size());
        };
        RangeDelivery delivery(ranges, sink);
        for (std::size_t offset = 0; offset < contents.size(); offset += piece)
            delivery.deliver(offset,
                             std::as_bytes(std::span(std::string_view(contents).substr(offset, piece))));
        STRCMP_EQUAL("123abcdekuv", got.c_str());
    }
}
