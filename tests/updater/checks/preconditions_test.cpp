// What is refused before anything is touched, and what the administrator is told to do.
#include "tests/support/fake_service_manager.hpp"
#include "tests/support/temporary_folder.hpp"
#include "updater/checks/preconditions.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::checks;

namespace {

constexpr std::uint64_t gibibyte = 1024ULL * 1024 * 1024;

/// "" when nothing was refused, else "what | next step".
template <typename Check> std::string refusal_of(Check check) {
    try {
        check();
    } catch (const Refused &refused) {
        return std::string(refused.what()) + " | " + refused.next_step();
    }
    return "";
}

} // namespace

TEST_GROUP(Preconditions) {
    firmware::Manifest manifest;
    configuration::Appliance appliance;
    std::map<std::string, FilesystemSize> sizes;
    FilesystemMeasures measures{
        [this](const std::filesystem::path &path) { return sizes.at(path.string()); },
        [](const std::filesystem::path &) { return 8 * gibibyte; },
        [](const std::filesystem::path &, std::size_t) {
            return std::vector<Place>{{"/data/forgotten.iso", 9 * gibibyte}, {"/data/archive", 7 * gibibyte}};
        }};

    void setup() override {
        manifest.product = appliance.product = "mailsec-appliance";
        manifest.hardware = appliance.hardware = "qemu-x86_64";
        manifest.version = firmware::Version(2, 8, 1, 0);
        manifest.minimum_version = firmware::Version(2, 8, 0, 0);
        manifest.install_first = firmware::Version(2, 8, 0, 3);
        manifest.image_bytes = gibibyte;
        appliance.spaces = {{"/store", 50, "message store"}};
        sizes["/store"] = {10 * gibibyte, 6 * gibibyte};
        sizes["/data"] = {10 * gibibyte, 6 * gibibyte};
    }
};

TEST(Preconditions, firmware_for_another_product_or_hardware_is_refused) {
    manifest.product = "other";
    STRCMP_CONTAINS("for the product other, this appliance is a mailsec-appliance",
                    refusal_of([&] { check_product(manifest, appliance); }).c_str());
    manifest.product = appliance.product;
    manifest.hardware = "other";
    STRCMP_CONTAINS("for the hardware other, this appliance's is qemu-x86_64",
                    refusal_of([&] { check_product(manifest, appliance); }).c_str());
    manifest.product = "another";
    STRCMP_CONTAINS("for the product another, this appliance is a mailsec-appliance; the firmware is for the "
                    "hardware other",
                    refusal_of([&] { check_product(manifest, appliance); }).c_str());
}

TEST(Preconditions, a_running_version_below_the_minimum_is_told_what_to_install_first) {
    struct Case {
        firmware::Version running;
        const char *refusal;
    };
    const std::vector<Case> cases = {
        {firmware::Version(2, 7, 9, 9),
         "version 2.8.1.0 can be installed from 2.8.0.0 on; this appliance runs 2.7.9.9 | "
         "Install version 2.8.0.3 first."},
        {firmware::Version(2, 8, 0, 0), ""},
        {firmware::Version(2, 8, 1, 0), ""},
        {firmware::Version(2, 10, 0, 0),
         "the firmware's version 2.8.1.0 is older than 2.10.0.0, which runs | "
         "To go back to the system before, use update-control --rollback."},
    };
    for (const Case &one : cases)
        STRCMP_EQUAL(one.refusal, refusal_of([&] { check_version(manifest, one.running); }).c_str());
}

TEST(Preconditions, the_running_version_is_installed_again_only_with_force) {
    const std::string forced = "update-control -i fw x.fw --force";
    STRCMP_EQUAL("", refusal_of([&] {
                         check_same_version(manifest, firmware::Version(2, 8, 0, 0), false, forced);
                     }).c_str());
    STRCMP_EQUAL("",
                 refusal_of([&] { check_same_version(manifest, manifest.version, true, forced); }).c_str());
    STRCMP_EQUAL(
        "version 2.8.1.0 runs already | The appliance needs nothing. To install the same version again, "
        "mail waiting as in any upgrade: update-control -i fw x.fw --force",
        refusal_of([&] { check_same_version(manifest, manifest.version, false, forced); }).c_str());
}

TEST(Preconditions, what_is_older_than_the_least_acceptable_version_is_neither_installed_nor_gone_back_to) {
    struct Case {
        std::optional<firmware::Version> least;
        const char *refusal;
    };
    const std::vector<Case> cases = {
        {std::nullopt, ""},
        {firmware::Version(2, 8, 0, 9), ""},
        {firmware::Version(2, 8, 1, 0), ""},
        {firmware::Version(2, 8, 1, 1), "version 2.8.1.0"},
        {firmware::Version(2, 10, 0, 0), "version 2.8.1.0"},
    };
    for (const Case &one : cases) {
        const std::string least = one.least ? one.least->text() : "";
        for (const std::string &refusal :
             {refusal_of([&] { check_least_version(manifest, one.least); }),
              refusal_of([&] { check_way_back(manifest.version, one.least); })}) {
            CHECK_EQUAL(std::string_view(one.refusal).empty(), refusal.empty());
            STRCMP_CONTAINS(one.refusal, refusal.c_str());
            STRCMP_CONTAINS(least.c_str(), refusal.empty() ? least.c_str() : refusal.c_str());
        }
    }
    STRCMP_EQUAL(
        "the firmware's version 2.8.1.0 is older than 2.9.0.0, which is the least version that is "
        "acceptable since the last upgrade | Install that version or a newer one; there is no option "
        "that overrides this.",
        refusal_of([&] { check_least_version(manifest, firmware::Version(2, 9, 0, 0)); }).c_str());
}

TEST(Preconditions, an_image_must_fit_its_partition) {
    STRCMP_EQUAL("", refusal_of([&] { check_partition_size(manifest, {"system-b", gibibyte}); }).c_str());
    STRCMP_CONTAINS("the system image has 1.00 GiB, the partition system-b only 1020 MiB",
                    refusal_of([&] {
                        check_partition_size(manifest, {"system-b", gibibyte - 4 * 1024 * 1024});
                    }).c_str());
}

TEST(Preconditions, a_store_that_is_converted_needs_one_and_a_half_times_its_size_in_free_space) {
    const configuration::Store store{
        .name = "message-store", .path = "/store", .format = "1", .inspect = {}, .unit = {}};
    // 8 GiB, by the measures of this test.
    sizes["/store"] = {40 * gibibyte, 12 * gibibyte};
    STRCMP_EQUAL(
        "the conversion of the message-store needs 12.0 GiB free on the file system of /store, which "
        "has 12.0 GiB",
        check_space_for_conversion(store, measures).c_str());
    sizes["/store"] = {40 * gibibyte, 11 * gibibyte};
    STRCMP_EQUAL(
        "the conversion of the message-store needs 12.0 GiB free on the file system of /store, which "
        "has 11.0 GiB | Free at least 1.00 GiB there, then try again. Largest on this disk: "
        "/data/forgotten.iso (9.00 GiB), /data/archive (7.00 GiB).",
        refusal_of([&] { check_space_for_conversion(store, measures); }).c_str());
}

TEST(Preconditions, half_of_the_stores_disk_must_be_free_to_the_byte) {
    const configuration::FreeShare share = appliance.spaces.front();
    sizes["/store"] = {10 * gibibyte, 5 * gibibyte};
    STRCMP_EQUAL("the disk of the message store (/store) has 5.00 GiB of 10.0 GiB free; 50 % must be free",
                 check_free_share(share, measures).c_str());
    sizes["/store"] = {10 * gibibyte, 5 * gibibyte - 1};
    STRCMP_CONTAINS("Free at least 1 byte there",
                    refusal_of([&] { check_free_share(share, measures); }).c_str());
}

TEST(Preconditions, the_refusal_says_how_much_to_free_and_what_fills_the_whole_disk) {
    sizes["/store"] = {10 * gibibyte, 2 * gibibyte};
    STRCMP_EQUAL(
        "the disk of the message store (/store) has 2.00 GiB of 10.0 GiB free; 50 % must be free | Free at "
        "least "
        "3.00 GiB there, then install again. Largest on this disk: /data/forgotten.iso (9.00 GiB), "
        "/data/archive (7.00 GiB).",
        refusal_of([&] { check_free_share(appliance.spaces.front(), measures); }).c_str());
}

TEST(Preconditions, a_short_disk_is_told_part_by_part_with_what_frees_it) {
    measures.parts_of_disk = [](const std::filesystem::path &) {
        return std::vector<DiskPart>{{"the mail queue has 2.00 GiB", 2 * gibibyte, "see: mailq"},
                                     {"everything else has 1.00 GiB", gibibyte, ""}};
    };
    sizes["/data"] = {100 * gibibyte, gibibyte};
    STRCMP_EQUAL(
        "the file needs 3.00 GiB free on the file system of /data, which has 1.00 GiB | Free at least "
        "2.00 GiB there, then try again. On this disk: the mail queue has 2.00 GiB -> see: mailq; "
        "everything else has 1.00 GiB.",
        refusal_of([&] { check_free_bytes("/data", 3 * gibibyte, "the file", measures); }).c_str());
}

TEST(Preconditions, the_real_measures_measure) {
    const TemporaryFolder folder;
    std::filesystem::create_directories(folder.path() / "deep");
    std::ofstream(folder.path() / "deep/file") << std::string(500000, 'a');
    const FilesystemMeasures real = FilesystemMeasures::real();
    const FilesystemSize size = real.filesystem_size(folder.path());
    CHECK(size.total_bytes > size.free_bytes);
    CHECK(real.allocated_bytes(folder.path()) >= 500000);
}

TEST(Preconditions, what_the_health_gate_requires_must_be_switched_on) {
    configuration::Services configured{{{"postfix.service", true}, {"report.service", false}},
                                       std::chrono::seconds(1),
                                       std::chrono::seconds(1)};
    const auto refusal_with = [&](const char *postfix, const char *report) {
        updater_test::FakeServiceManager manager;
        manager.install("postfix.service", "active", postfix);
        manager.runs_although("postfix.service", "loaded");
        manager.install("report.service", "active", report);
        return refusal_of(
            [&] { check_services(services::record_services(manager, configured), configured); });
    };
    STRCMP_EQUAL("", refusal_with("enabled", "masked").c_str());
    STRCMP_EQUAL("", refusal_with("static", "disabled").c_str());
    STRCMP_EQUAL(
        "postfix.service is masked, and an upgrade counts as healthy only with it running | To let it run: "
        "systemctl unmask postfix.service. Then start the upgrade again.",
        refusal_with("masked", "enabled").c_str());
    STRCMP_CONTAINS("systemctl enable postfix.service", refusal_with("disabled", "enabled").c_str());
    STRCMP_EQUAL("", refusal_with("masked-runtime", "enabled").c_str());
    configured.units[1].health_required = true;
    STRCMP_EQUAL(
        "postfix.service is masked, report.service is disabled, and an upgrade counts as healthy only "
        "with it running | To let it run: systemctl unmask postfix.service && systemctl enable "
        "report.service. Then start the upgrade again.",
        refusal_with("masked", "disabled").c_str());
    // One that does not run was given up for good, and is not asked for.
    updater_test::FakeServiceManager manager;
    manager.install("postfix.service", "inactive", "masked");
    STRCMP_EQUAL("", refusal_of([&] {
                         check_services(services::record_services(manager, configured), configured);
                     }).c_str());
}
