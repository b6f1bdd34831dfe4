// Hashes against the published examples (FIPS 180-4 examples; NIST's "abc"), and their text form.
#include "partitions/base/sha256.hpp"

#include <string>

#include <CppUTest/TestHarness.h>

using namespace partitions::base;
using namespace partitions::base;

TEST_GROUP(Sha256){};

TEST(Sha256, is_the_published_one) {
    const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    const std::string empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    STRCMP_EQUAL(
        abc.c_str(),
        partitions::base::to_hexadecimal(partitions::base::sha256_of(std::string_view("abc"))).c_str());
    STRCMP_EQUAL(empty.c_str(),
                 partitions::base::to_hexadecimal(partitions::base::sha256_of(std::string_view())).c_str());
    CHECK_TRUE(partitions::base::parse_sha256(abc) == partitions::base::sha256_of(std::string_view("abc")));
}

TEST(Sha256, of_zeros_is_that_of_the_bytes) {
    for (const std::size_t length : {0UL, 1UL, 65536UL, 100000UL})
        CHECK_TRUE(partitions::base::sha256_of_zeros(length) ==
                   partitions::base::sha256_of(std::string(length, '\0')));
}

TEST(Sha256, can_be_computed_in_pieces_and_again) {
    partitions::base::Sha256Hasher hasher;
    for (int round = 0; round < 2; ++round) {
        for (const char letter : {'a', 'b', 'c'})
            hasher.add(std::as_bytes(std::span(&letter, 1)));
        CHECK_TRUE(hasher.finish() == partitions::base::sha256_of(std::string_view("abc")));
    }
}

TEST(Sha256, text_of_another_form_is_refused) {
    for (const std::string &text :
         {std::string(), std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'A'),
          std::string(64, 'g'), " " + std::string(63, 'a'), "0x" + std::string(62, 'a')})
        CHECK_FALSE(partitions::base::parse_sha256(text).has_value());
}
