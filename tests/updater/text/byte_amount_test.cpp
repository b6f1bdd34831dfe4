// Amounts of bytes as all programs write them.
#include "updater/text/byte_amount.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;

namespace {

constexpr std::uint64_t kibibyte = 1024;
constexpr std::uint64_t mebibyte = 1024 * kibibyte;
constexpr std::uint64_t gibibyte = 1024 * mebibyte;

struct Amount {
    std::uint64_t bytes;
    const char *text;
};

void check(const Amount &row) {
    STRCMP_EQUAL(row.text, text::bytes_text(row.bytes).c_str());
}

} // namespace

TEST_GROUP(ByteAmount){};

TEST(ByteAmount, less_than_a_kibibyte_is_exact) {
    for (const Amount &row : {Amount{0, "0 bytes"}, {1, "1 byte"}, {2, "2 bytes"}, {1023, "1023 bytes"}})
        check(row);
}

TEST(ByteAmount, more_has_three_significant_digits_and_a_binary_unit) {
    const Amount rows[] = {
        {kibibyte, "1.00 KiB"},
        {1536, "1.50 KiB"},
        {10 * kibibyte, "10.0 KiB"},
        {100 * kibibyte, "100 KiB"},
        {1000 * kibibyte, "1000 KiB"},
        {mebibyte, "1.00 MiB"},
        {31 * mebibyte + 200 * kibibyte, "31.2 MiB"},
        {312 * mebibyte + 512 * kibibyte, "312 MiB"},
        {640 * mebibyte, "640 MiB"},
        {1023 * mebibyte, "1023 MiB"},
        {gibibyte, "1.00 GiB"},
        {gibibyte + 256 * mebibyte, "1.25 GiB"},
        {20 * gibibyte, "20.0 GiB"},
        {1024 * gibibyte, "1.00 TiB"},
        {1024 * 1024 * gibibyte, "1.00 PiB"},
        {UINT64_MAX, "16.0 EiB"},
    };
    for (const Amount &row : rows)
        check(row);
}

TEST(ByteAmount, an_amount_that_rounds_up_to_the_next_digit_or_unit_is_written_as_that) {
    const Amount rows[] = {
        {10 * mebibyte - 1, "10.0 MiB"}, {100 * mebibyte - 1, "100 MiB"}, {mebibyte - 1, "1.00 MiB"},
        {gibibyte - 1, "1.00 GiB"},      {999 * mebibyte - 1, "999 MiB"},
    };
    for (const Amount &row : rows)
        check(row);
}
