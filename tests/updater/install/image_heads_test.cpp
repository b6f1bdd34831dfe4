// The signed heads of what the partitions hold: kept, copied, forgotten, and believed only as signed.
#include "tests/support/fake_storage.hpp"
#include "tests/support/firmware_in_memory.hpp"
#include "tests/support/power_cuts.hpp"
#include "updater/install/image_heads.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::install;
using partitions::Slot;

namespace {

const std::filesystem::path images = "/data/update-control/images";

firmware::TrustedKeys keys() {
    return firmware::TrustedKeys::from_directory(updater_test::signed_firmware().folder / "keys");
}

std::string signed_head() {
    updater_test::ServersInMemory source({updater_test::signed_firmware().contents});
    return bytes_of_head(source, firmware::read_firmware_head(source, keys()));
}

} // namespace

TEST_GROUP(ImageHeads) {
    partitions_test::FakeStorage storage;
    ImageHeads heads{storage, images};

    void setup() override {
        storage.put_directory("/data");
    }
};

TEST(ImageHeads, knows_none_at_first) {
    CHECK_FALSE(heads.read(Slot::a, keys()).has_value());
}

TEST(ImageHeads, reads_back_what_was_signed_for_this_slot_only) {
    heads.keep(Slot::b, signed_head());
    updater_test::ServersInMemory source({updater_test::signed_firmware().contents});
    CHECK(heads.read(Slot::b, keys()) == firmware::read_firmware_head(source, keys()));
    CHECK_FALSE(heads.read(Slot::a, keys()).has_value());
}

TEST(ImageHeads, holds_little_more_than_the_index) {
    CHECK(signed_head().size() < 16UL * 1024);
}

TEST(ImageHeads, forgets_the_head_of_a_slot_that_is_written) {
    heads.keep(Slot::b, signed_head());
    heads.forget(Slot::b);
    heads.forget(Slot::b);
    CHECK_FALSE(heads.read(Slot::b, keys()).has_value());
}

TEST(ImageHeads, copies_what_is_known_and_what_is_not) {
    heads.keep(Slot::a, signed_head());
    heads.copy(Slot::a, Slot::b);
    CHECK(heads.read(Slot::b, keys()) == heads.read(Slot::a, keys()));
    heads.forget(Slot::a);
    heads.copy(Slot::a, Slot::b);
    CHECK_FALSE(heads.read(Slot::b, keys()).has_value());
}

TEST(ImageHeads, refuses_a_head_that_was_changed_or_cut_short) {
    std::string changed = signed_head();
    changed[changed.find("2.8.1.0")] = '3';
    heads.keep(Slot::a, changed);
    CHECK_THROWS(firmware::FirmwareRefused, heads.read(Slot::a, keys()));
    heads.keep(Slot::a, signed_head().substr(0, 3000));
    CHECK_THROWS(std::exception, heads.read(Slot::a, keys()));
    heads.keep(Slot::a, "");
    CHECK_THROWS(std::exception, heads.read(Slot::a, keys()));
}

TEST(ImageHeads, are_whole_or_absent_after_a_power_cut) {
    const auto head = signed_head();
    partitions_test::for_each_cut(
        [](partitions_test::FakeStorage &disk) { disk.put_directory("/data"); },
        [&](partitions_test::FakeStorage &disk) { ImageHeads(disk, images).keep(Slot::a, head); },
        [&](partitions_test::FakeStorage &disk, const std::string &where) {
            const auto file = images / "system-a.head";
            CHECK_TEXT(!disk.exists(file) || disk.contents(file) == head, where.c_str());
        });
}
