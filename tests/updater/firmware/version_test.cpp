// What a version looks like, and which one is later.
#include "updater/firmware/version.hpp"

#include <string>

#include <CppUTest/TestHarness.h>

using updater::firmware::InvalidVersion;
using updater::firmware::Version;

TEST_GROUP(Version){};

TEST(Version, is_read_and_written_the_same) {
    for (const std::string text : {"0.0.0.0", "2.8.0.0", "2.10.0.123456", "999999.999999.999999.999999"})
        STRCMP_EQUAL(text.c_str(), Version::parse(text).text().c_str());
}

TEST(Version, is_refused_unless_it_is_four_plain_numbers) {
    for (const std::string text :
         {"",          ".",         "2",        "2.8.0",    "2.8.0.",        "2.8.0.0.",
          "2.8.0.0.0", ".2.8.0.0",  "2..8.0",   "2.8.0.x",  "2.8.0.0 ",      " 2.8.0.0",
          "2.8.-0.0",  "2.8.+1.0",  "2.08.0.0", "2.8.0.00", "1000000.0.0.0", "2.8.0.99999999999999999999",
          "2,8,0,0",   "0x2.8.0.0", "v2.8.0.0", "2.8.0.0\n"})
        try {
            Version::parse(text);
            FAIL(("accepted: " + text).c_str());
        } catch (const InvalidVersion &) {
        }
}

TEST(Version, compares_numbers_and_not_letters) {
    const char *const ascending[] = {"0.0.0.1", "0.0.1.0", "0.1.0.0", "1.0.0.0",  "2.8.0.0",
                                     "2.8.0.1", "2.8.1.0", "2.9.9.9", "2.10.0.0", "10.0.0.0"};
    for (std::size_t one = 0; one < std::size(ascending); ++one)
        for (std::size_t two = 0; two < std::size(ascending); ++two) {
            const auto expected = one <=> two;
            CHECK_TRUE((Version::parse(ascending[one]) <=> Version::parse(ascending[two])) == expected);
        }
}
