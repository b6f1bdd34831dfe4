// The names inside a generation: other releases rely on some of them, so they are compared word for word.
#include "partitions/generation.hpp"

#include <stdexcept>

#include <CppUTest/TestHarness.h>

using partitions::Generation;

TEST_GROUP(Generation) {
    partitions::Generation generation{"/data/generations/2.8.1.0-1"};
};

TEST(Generation, has_these_places) {
    STRCMP_EQUAL("/data/generations/2.8.1.0-1/etc/upper", generation.etc_upper().c_str());
    STRCMP_EQUAL("/data/generations/2.8.1.0-1/etc/work", generation.etc_work().c_str());
    STRCMP_EQUAL("/data/generations/2.8.1.0-1/var", generation.var().c_str());
    STRCMP_EQUAL("/data/generations/2.8.1.0-1/pin", generation.pin().c_str());
    STRCMP_EQUAL("/data/generations/2.8.1.0-1/source/store", generation.source_of_store("store").c_str());
    STRCMP_EQUAL("/data/generations/2.8.1.0-1/gate-queue", generation.gate_queue().c_str());
}

TEST(Generation, shows_what_is_below_var_where_its_system_finds_it) {
    STRCMP_EQUAL("/data/generations/2.8.1.0-1/var/lib/store", generation.in_var("/var/lib/store").c_str());
    STRCMP_EQUAL("/data/generations/2.8.1.0-1/var/lib/store",
                 generation.in_var("/var/x/../lib/store").c_str());
    for (const char *outside : {"/var", "/etc/passwd", "/var/../etc", "relative", "", "/"})
        CHECK_THROWS(std::invalid_argument, generation.in_var(outside));
}
