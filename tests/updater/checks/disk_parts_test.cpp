// What fills a disk, by purpose: what is told, measured and advised.
#include "partitions/posix_storage.hpp"
#include "tests/hooks/mounted_xfs.hpp"
#include "tests/support/fake_hook_runner.hpp"
#include "tests/support/fake_storage.hpp"
#include "tests/support/small_file_system.hpp"
#include "updater/cancelled.hpp"
#include "updater/checks/disk_parts.hpp"
#include "updater/checks/disk_use_programs.hpp"
#include "updater/checks/folder_use.hpp"
#include "updater/checks/known_places.hpp"

#include <chrono>
#include <fstream>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::checks;
using partitions::Slot;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t mib = 1024UL * 1024;
const auto now = std::chrono::system_clock::now();

void write(const fs::path &path, std::size_t bytes, int days_old = 0) {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << std::string(bytes, 'x');
    fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(24 * days_old));
}

std::string shown(const std::vector<DiskPart> &parts) {
    std::string text;
    for (const DiskPart &part : parts)
        text += part.text + " -> " + part.advice + "\n";
    return text;
}

} // namespace

TEST_GROUP(DiskParts) {
    partitions_test::FakeStorage storage;
    updater_test::FakeHookRunner programs;

    std::string vendor_says() {
        return shown(vendor_disk_use("/disk-use.d", "/data", storage, programs, {}));
    }
};

TEST(DiskParts, are_told_by_purpose_and_age_with_the_rest) {
    const SmallFileSystem disk(64 * mib);
    write(disk.path() / "store/old", 5 * mib, 100);
    write(disk.path() / "store/month", 2 * mib, 40);
    write(disk.path() / "store/new", mib);
    write(disk.path() / "queue/mail", 2 * mib);
    write(disk.path() / "generations/2.7.0.0-1/forgotten", 3 * mib);
    const std::vector<KnownPlace> known{
        {.what = "the store", .path = disk.path() / "store", .by_age = true},
        {.what = "the mail queue", .path = disk.path() / "queue", .advice = "see: mailq"},
        {.what = "nothing", .path = disk.path() / "missing"},
        {.what = "elsewhere", .path = "/proc"}};
    const std::string text = shown(parts_of_disk(disk.path(), known, now, {}));
    const std::string at = disk.path().string();
    STRCMP_EQUAL(
        ("the store (" + at +
         "/store) has 8.00 MiB, of it 7.00 MiB in files not changed for 30 days, 5.00 MiB for 90 days "
         "-> \neverything else has 3.00 MiB, most in " +
         at +
         "/generations/2.7.0.0-1/forgotten (3.00 MiB) -> never remove a generation by hand: update-control "
         "--drop-previous removes those that the running system doesn't need\nthe mail queue (" +
         at + "/queue) has 2.00 MiB -> see: mailq\n")
            .c_str(),
        text.c_str());
}

TEST(DiskParts, of_an_empty_disk_are_none) {
    const SmallFileSystem disk(mib);
    STRCMP_EQUAL("", shown(parts_of_disk(disk.path(), {}, now, {})).c_str());
    CHECK_THROWS(fs::filesystem_error, parts_of_disk(disk.path() / "missing", {}, now, {}));
}

TEST(DiskParts, that_are_shared_are_not_promised_to_become_free) {
    const TemporaryFolder folder;
    const MountedXfs xfs(folder.path());
    const fs::path disk = folder.path() / "mounted";
    write(disk / "running/store", 8 * mib);
    write(disk / "previous/own", 2 * mib);
    partitions::PosixStorage real;
    real.sync_filesystem(disk);
    real.clone_file(disk / "running/store", disk / "previous/store");
    real.sync_filesystem(disk);
    const FolderUse use = use_of_folder(disk / "previous", now, Sharing::looked_at, {});
    CHECK(use.allocated_bytes >= 10 * mib);
    CHECK(use.own_bytes >= 2 * mib && use.own_bytes < 3 * mib);
    const FolderUse unshared = use_of_folder(disk / "previous", now, Sharing::left_out, {});
    CHECK(unshared.own_bytes == unshared.allocated_bytes);
}

TEST(DiskParts, are_no_longer_measured_when_a_stop_is_requested) {
    const TemporaryFolder folder;
    std::stop_source stop;
    stop.request_stop();
    CHECK_THROWS(Cancelled, use_of_folder(folder.path(), now, Sharing::left_out, stop.get_token()));
    LONGS_EQUAL(0, use_of_folder(folder.path() / "missing", now, Sharing::left_out, {}).allocated_bytes);
}

TEST(DiskParts, name_the_previous_system_only_if_nothing_else_uses_its_data) {
    configuration::Appliance appliance;
    appliance.stores = {{.name = "message-store", .path = "/var/lib/mailsec/store"}};
    appliance.mail.queue = "/var/spool/postfix";
    partitions::Generations generations(storage, "/data");
    const auto names = [&] {
        std::string text;
        for (const KnownPlace &place : known_places(appliance, {}, generations, Slot::a))
            text += place.path.string() + " ";
        return text;
    };
    generations.create("2.8.0.0");
    generations.create("2.7.0.0");
    generations.assign(Slot::a, "2.8.0.0-1");
    STRCMP_EQUAL("/var/lib/mailsec/store /var/spool/postfix /var/log /var/spool/updates/firmware "
                 "/var/spool/updates/XPU /data/update-control/snapshots ",
                 names().c_str());
    generations.assign(Slot::b, "2.7.0.0-1");
    STRCMP_CONTAINS(" /data/generations/2.7.0.0-1 ", names().c_str());
    const auto places = known_places(appliance, {}, generations, Slot::a);
    STRCMP_CONTAINS("update-control --drop-previous (never remove it by hand)", places.back().advice.c_str());
    generations.assign(Slot::b, "2.8.0.0-1"); // a rescue copy
    CHECK(names().find("generations") == std::string::npos);
}

TEST(DiskParts, of_the_product_are_what_its_programs_say) {
    storage.put_file("/disk-use.d/mail", "", 0755);
    storage.put_file("/disk-use.d/silent", "", 0755);
    storage.put_directory("/disk-use.d/folder");
    programs.install("/disk-use.d/mail",
                     {.standard_output = {"1288490188 mail older than 30 days | set mail_days=30, then: x",
                                          "1024 logs", "0 nothing | no", "many words", "-5 negative", "12",
                                          "99999999999999999999999 too much", "7  | advice only", ""},
                      .standard_error = {"warning: a word"}});
    STRCMP_EQUAL("mail older than 30 days: 1.20 GiB -> set mail_days=30, then: x\nlogs: 1.00 KiB -> \n",
                 vendor_says().c_str());
    LONGS_EQUAL(2, programs.calls().size());
    STRCMP_EQUAL("/data", programs.calls().front().arguments.front().c_str());
    CHECK(programs.calls().front().time_limit <= std::chrono::seconds(10));
    CHECK(programs.calls().front().protect_system && programs.calls().front().sees_sockets);
    CHECK(programs.calls().front().capabilities == hooks::runner::capabilities_for_looking);
}

TEST(DiskParts, of_the_product_are_bounded_and_may_fail) {
    STRCMP_EQUAL("", vendor_says().c_str()); // no folder
    for (int number = 0; number < 9; ++number) {
        const std::string program = "/disk-use.d/" + std::to_string(number);
        storage.put_file(program, "", 0755);
        programs.install(program, {.standard_output = std::vector<std::string>(100, "1 x"), .exit_code = 1});
    }
    LONGS_EQUAL(32, vendor_disk_use("/disk-use.d", "/data", storage, programs, {}).size());
    LONGS_EQUAL(4, programs.calls().size());
}
