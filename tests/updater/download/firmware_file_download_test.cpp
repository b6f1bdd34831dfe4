// A firmware file on its way here: that it is whole in the end, that nothing comes twice that was here and
// right, and what is left when it cannot be had.
#include "updater/download/firmware_file_download.hpp"

#include "tests/support/fake_storage.hpp"
#include "tests/support/firmware_in_memory.hpp"
#include "tests/support/power_cuts.hpp"
#include "updater/refusal.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::download;
using updater_test::ServersInMemory;
using updater_test::signed_firmware;

namespace {

const std::filesystem::path part_file = "/firmware/2.8.1.0.fw.part_file";
constexpr std::uint64_t mebibyte = 1024UL * 1024;

firmware::FirmwareHead head_of(firmware::ByteSource &source) {
    return firmware::read_firmware_head(
        source, firmware::TrustedKeys::from_directory(signed_firmware().folder / "keys"));
}

std::string with_another_byte(std::string file, std::size_t place) {
    file[place] = static_cast<char>(file[place] + 1);
    return file;
}

} // namespace

TEST_GROUP(FirmwareFileDownload) {
    partitions_test::FakeStorage storage;
    ServersInMemory server{{signed_firmware().contents}};
    firmware::FirmwareHead head = head_of(server);
    std::uint64_t before = server.fetched_bytes();
    partitions::FileSystemSpace space{.total_bytes = 100 * mebibyte, .available_bytes = 100 * mebibyte};

    void setup() override {
        storage.put_directory("/firmware");
    }

    void fetch(firmware::ByteSource & source, const FirmwareFileDownload::Progress &progress = nullptr,
               DownloadRoom room = {}) {
        FirmwareFileDownload(
            storage, part_file, [this](const auto &) { return space; }, room)
            .fetch(source, head, progress, {});
    }
    std::uint64_t fetched() const {
        return server.fetched_bytes() - before;
    }
    /// Up to what is signed; behind it there is only the archive's end mark.
    bool is_whole(const partitions_test::FakeStorage &disk) const {
        const auto end = signed_end_bytes(head);
        return disk.contents(part_file) ==
               signed_firmware().contents.substr(0, end) + std::string(1024, '\0');
    }
};

TEST(FirmwareFileDownload, fetches_each_byte_once_and_says_how_far_it_is) {
    std::uint64_t last = 0;
    std::uint64_t whole = 0;
    fetch(server, [&](std::uint64_t done, std::uint64_t all) {
        CHECK(done > last && done <= all);
        last = done;
        whole = all;
    });
    CHECK(is_whole(storage));
    CHECK_EQUAL(signed_end_bytes(head), fetched());
    CHECK_EQUAL(whole, last);
    CHECK_EQUAL(whole, signed_end_bytes(head));
}

TEST(FirmwareFileDownload, fetches_nothing_again_that_is_here_and_right) {
    const std::uint64_t stored = head.chunks.chunks.front().stored_bytes;
    server.cut_after(head.image_offset_bytes + stored + 1000);
    CHECK_THROWS(DownloadFailed, fetch(server));
    CHECK(storage.exists(part_file));
    server.heal();
    const std::uint64_t first_try = fetched();
    std::uint64_t last = 0;
    bool moved_before_anything_came = false;
    fetch(server, [&](std::uint64_t done, std::uint64_t all) {
        CHECK(done >= last && done <= all);
        last = done;
        moved_before_anything_came |= fetched() == first_try;
    });
    CHECK(moved_before_anything_came);
    CHECK(is_whole(storage));
    // What is signed by itself comes again, and what lies between the pieces.
    CHECK(fetched() - first_try <= signed_end_bytes(head) - stored);
}

TEST(FirmwareFileDownload, goes_on_after_a_power_cut_at_any_moment) {
    partitions_test::for_each_cut([](partitions_test::FakeStorage &disk) { disk.put_directory("/firmware"); },
                                  [&](partitions_test::FakeStorage &disk) {
                                      ServersInMemory source{{signed_firmware().contents}};
                                      FirmwareFileDownload(disk, part_file,
                                                           [this](const auto &) { return space; },
                                                           {.sync_bytes = mebibyte})
                                          .fetch(source, head, nullptr, {});
                                  },
                                  [&](partitions_test::FakeStorage &rebooted, const std::string &where) {
                                      ServersInMemory source{{signed_firmware().contents}};
                                      FirmwareFileDownload(rebooted, part_file, [this](const auto &) {
                                          return space;
                                      }).fetch(source, head, nullptr, {});
                                      CHECK_TEXT(is_whole(rebooted), where.c_str());
                                  },
                                  partitions_test::every_fate(1));
}

TEST(FirmwareFileDownload, leaves_a_server_that_sends_something_else_and_keeps_what_was_right) {
    const auto second_half = signed_firmware().contents.size() - 200'000;
    ServersInMemory both{
        {with_another_byte(signed_firmware().contents, second_half), signed_firmware().contents}};
    fetch(both);
    CHECK(is_whole(storage));
    const std::uint64_t last_piece = head.chunks.chunks.back().stored_bytes;
    CHECK(both.fetched_bytes() <= signed_end_bytes(head) + last_piece + head.image_offset_bytes + 2048);
}

TEST(FirmwareFileDownload, leaves_nothing_of_a_firmware_that_nobody_has_as_it_was_signed) {
    ServersInMemory wrong{{with_another_byte(signed_firmware().contents, head.image_offset_bytes + 5000)}};
    try {
        fetch(wrong);
        FAIL("something else than was signed was taken");
    } catch (const firmware::FirmwareDamaged &damage) {
        STRCMP_CONTAINS("https://updates.lan.test/f.fw is not what was signed", damage.what());
    }
    CHECK_FALSE(storage.exists(part_file));
}

TEST(FirmwareFileDownload, takes_its_room_first_and_leaves_some_for_mail) {
    space.available_bytes = 5 * mebibyte + head.chunks.stored_bytes / 2;
    try {
        fetch(server);
        FAIL("there was no room");
    } catch (const Refused &refusal) {
        STRCMP_CONTAINS("have to stay free for mail", refusal.what());
    }
    CHECK_FALSE(storage.exists(part_file));
    CHECK_EQUAL(0U, fetched());
}

TEST(FirmwareFileDownload, fetches_nothing_when_the_disk_is_full_all_the_same) {
    storage.fail_when("zero " + part_file.string(), partitions_test::FakeStorage::Failure::full);
    CHECK_THROWS(partitions::StorageFull, fetch(server));
    CHECK_EQUAL(0U, fetched());
    CHECK_FALSE(storage.exists(part_file));
}

TEST(FirmwareFileDownload, is_not_misled_by_what_lies_there) {
    for (const std::string &there :
         {std::string(), std::string("short"), std::string(signed_firmware().contents.size() + 5000, 'x'),
          std::string(signed_firmware().contents.size() - 5000, 'x')}) {
        storage.put_file(part_file, there);
        fetch(server);
        CHECK(is_whole(storage));
    }
}
