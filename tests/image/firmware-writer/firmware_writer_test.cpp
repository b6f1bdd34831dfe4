// Making firmware files.
#include "tests/support/firmware_fixture.hpp"

#include "image/firmware-writer/firmware_writer.hpp"
#include "updater/cancelled.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::testing;
using namespace firmware_writer;

TEST_GROUP(FirmwareWriter) {
    TemporaryFolder folder;
    firmware_writer::FirmwareParts parts;

    void setup() override {
        write_file(folder / "image", test_image());
        parts.manifest_template = manifest_template();
        parts.image = folder / "image";
        parts.key = vendor_key().key;
        parts.certificate = vendor_key().certificate;
        parts.compression_level = 1;
    }

    std::string build(unsigned threads) {
        parts.threads = threads;
        firmware_writer::write_firmware(parts, folder / "out.fw", nullptr, {});
        return read_file(folder / "out.fw");
    }

    /// Only files that the test itself put there.
    bool left_nothing_behind() const {
        for (const auto &entry : std::filesystem::directory_iterator(folder.path()))
            if (entry.path().filename() != "image")
                return false;
        return true;
    }
};

TEST(FirmwareWriter, makes_the_same_file_from_the_same_parts) {
    const std::string first = build(1);
    CHECK_TRUE(first == build(3));
    CHECK_TRUE(first == build(0));
}

TEST(FirmwareWriter, replaces_an_older_file_only_when_done) {
    write_file(folder / "out.fw", "older");
    std::stop_source stop;
    stop.request_stop();
    CHECK_THROWS(Cancelled,
                 firmware_writer::write_firmware(parts, folder / "out.fw", nullptr, stop.get_token()));
    STRCMP_EQUAL("older", read_file(folder / "out.fw").c_str());
    build(2);
    STRCMP_EQUAL("accepted", read_all(folder / "out.fw").outcome.c_str());
}

TEST(FirmwareWriter, leaves_nothing_behind_when_it_fails) {
    struct Case {
        const char *what;
        std::function<void(firmware_writer::FirmwareParts &)> spoil;
    };
    const TemporaryFolder other;
    write_file(other / "odd", "not a whole number of blocks");
    write_file(other / "empty", "");
    const Case cases[] = {
        {"no image", [&](firmware_writer::FirmwareParts &p) { p.image = other / "absent"; }},
        {"image of odd length", [&](firmware_writer::FirmwareParts &p) { p.image = other / "odd"; }},
        {"empty image", [&](firmware_writer::FirmwareParts &p) { p.image = other / "empty"; }},
        {"broken template", [](firmware_writer::FirmwareParts &p) { p.manifest_template = "<firmware"; }},
        {"incomplete template",
         [](firmware_writer::FirmwareParts &p) { p.manifest_template = "<firmware format=\"2\"/>"; }},
        {"key of another certificate", [](firmware_writer::FirmwareParts &p) { p.key = stranger_key().key; }},
        {"level", [](firmware_writer::FirmwareParts &p) { p.compression_level = 20; }},
    };
    for (const Case &one : cases) {
        firmware_writer::FirmwareParts spoilt = parts;
        one.spoil(spoilt);
        bool thrown = false;
        try {
            firmware_writer::write_firmware(spoilt, folder / "out.fw", nullptr, {});
        } catch (const std::exception &) {
            thrown = true;
        }
        CHECK_TRUE_TEXT(thrown, one.what);
        CHECK_TRUE_TEXT(left_nothing_behind(), one.what);
    }
}

TEST(FirmwareWriter, passes_on_what_progress_throws) {
    struct Enough {};
    CHECK_THROWS(Enough,
                 firmware_writer::write_firmware(parts, folder / "out.fw",
                                                 [](std::uint64_t, std::uint64_t) { throw Enough(); }, {}));
    CHECK_TRUE(left_nothing_behind());
}
