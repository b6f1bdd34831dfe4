// The checks before an installation as a whole: which there are, and that each finding says what was found.
#include "tests/support/fake_hook_runner.hpp"
#include "tests/support/fake_service_manager.hpp"
#include "updater/checks/firmware_checks.hpp"
#include "updater/checks/packages.hpp"

#include <map>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::checks;

TEST_GROUP(FirmwareChecks) {
    static constexpr std::uint64_t gibibyte = 1024ULL * 1024 * 1024;
    firmware::Manifest manifest;
    configuration::Appliance appliance;
    std::optional<firmware::Version> least;
    std::map<std::string, FilesystemSize> sizes;
    FilesystemMeasures measures{[this](const std::filesystem::path &path) { return sizes.at(path.string()); },
                                [](const std::filesystem::path &) { return 2 * gibibyte; },
                                [](const std::filesystem::path &, std::size_t) {
                                    return std::vector<Place>{{"/data/archive", 2 * gibibyte}};
                                }};
    std::set<std::string> installed;

    void setup() override {
        manifest.product = appliance.product = "mailsec-appliance";
        manifest.hardware = appliance.hardware = "qemu-x86_64";
        manifest.version = firmware::Version(2, 8, 1, 0);
        manifest.minimum_version = manifest.install_first = firmware::Version(2, 8, 0, 0);
        manifest.image_bytes = gibibyte;
        sizes["/store"] = sizes["/data"] = {10 * gibibyte, 6 * gibibyte};
    }

    /// The lines of a report.
    static std::string text_of(const Findings &findings) {
        std::string text;
        for (const Finding &each : findings.all())
            text += std::string(word_of(each.verdict)) + " " + each.check + ": " + each.text + "\n";
        return text;
    }
    std::string checked() {
        Findings findings;
        check_firmware(manifest,
                       {.appliance = appliance,
                        .running = firmware::Version(2, 8, 0, 0),
                        .least_version = [this] { return least; },
                        .partition =
                            [] {
                                return TargetPartition{"system-b", 2 * gibibyte};
                            },
                        .measures = measures,
                        .installed_packages = [this](const std::vector<std::string> &) { return installed; },
                        .ports = [](const firmware::Manifest &) -> std::string {
                            throw Refused("tcp port 25 is held by exim4.service", "Stop it.");
                        }},
                       findings);
        return text_of(findings);
    }
};

TEST(FirmwareChecks, say_what_was_found_when_all_is_well) {
    manifest.required_packages = {"libc6", "postgresql-15"};
    installed = {"libc6", "postgresql-15"};
    manifest.required_space = {{"/data", 6 * gibibyte}};
    appliance.stores = {
        {.name = "message-store", .path = "/store", .format = "1", .inspect = {}, .unit = {}}};
    manifest.formats = {{"message-store", firmware::ConversionKind::store, "2"}};
    manifest.conversions = {{"message-store", firmware::ConversionKind::store, "convert", "1", "2"}};
    manifest.conversion_contract = conversion_contract;
    STRCMP_EQUAL(
        "PASS product: made for mailsec-appliance on qemu-x86_64, as this appliance is\n"
        "PASS version: version 2.8.1.0 can be installed from 2.8.0.0 on; 2.8.0.0 runs\n"
        "PASS conversions: converts message-store from 1 to 2\n"
        "PASS packages: installed: libc6, postgresql-15\n"
        "SKIP ports: the firmware names none\n"
        "PASS partition: the system image has 1.00 GiB, the partition system-b 2.00 GiB\n"
        "PASS firmware space /data: the firmware needs 6.00 GiB free on the file system of /data, which "
        "has 6.00 GiB\n"
        "PASS conversion space message-store: the conversion of the message-store needs 3.00 GiB free on "
        "the file system of /store, which has 6.00 GiB\n",
        checked().c_str());
}

TEST(FirmwareChecks, find_all_that_is_wrong_at_once) {
    manifest.product = "other";
    manifest.minimum_version = firmware::Version(2, 8, 0, 5);
    manifest.required_packages = {"libc6", "postgresql-17", "clamav"};
    installed = {"libc6"};
    manifest.required_ports = {{25, "tcp", "postfix.service"}};
    manifest.image_bytes = 3 * gibibyte;
    manifest.required_space = {{"/data", 7 * gibibyte}};
    const std::string found = checked();
    for (const char *line :
         {"FAIL product: the firmware is for the product other",
          "FAIL version: version 2.8.1.0 can be installed from 2.8.0.5 on",
          "PASS conversions: nothing has to be converted",
          "FAIL packages: the firmware requires packages that are not installed: "
          "postgresql-17, clamav\n",
          "FAIL ports: tcp port 25 is held by exim4.service", "FAIL partition: the system image has 3.00 GiB",
          "FAIL firmware space /data: the firmware needs 7.00 GiB"})
        STRCMP_CONTAINS(line, found.c_str());
}

TEST(FirmwareChecks, skip_what_the_firmware_does_not_ask_for) {
    STRCMP_CONTAINS("SKIP packages: the firmware requires none", checked().c_str());
}

TEST(FirmwareChecks, skip_the_packages_when_the_running_version_is_installed_again) {
    manifest.version = firmware::Version(2, 8, 0, 0);
    manifest.required_packages = {"of the release before"};
    STRCMP_CONTAINS("SKIP packages: the version runs already", checked().c_str());
}

TEST(FirmwareChecks, refuse_what_is_older_than_the_least_acceptable_version) {
    least = firmware::Version(2, 9, 0, 0);
    STRCMP_CONTAINS("FAIL version: the firmware's version 2.8.1.0 is older than 2.9.0.0", checked().c_str());
}

TEST(FirmwareChecks, refuse_what_the_appliance_cannot_convert) {
    appliance.stores = {{.name = "message-store", .path = {}, .format = "1", .inspect = {}, .unit = {}}};
    manifest.formats = {{"message-store", firmware::ConversionKind::store, "2"}};
    manifest.conversion_contract = conversion_contract;
    STRCMP_CONTAINS("FAIL conversions: ", checked().c_str());
    STRCMP_CONTAINS("is in format 1", checked().c_str());
}

TEST(FirmwareChecks, of_the_appliance_name_each_disk_and_service) {
    updater_test::FakeServiceManager services;
    services.install("postfix.service", "active", "disabled");
    services.runs_although("postfix.service", "loaded");
    appliance.spaces = {{"/store", 50, "message store"}, {"/data", 80, "message database"}};
    appliance.services.units = {{"postfix.service", true}};
    Findings findings;
    check_appliance(appliance, measures, findings);
    check_services_switched_on(appliance.services, services, findings);
    STRCMP_EQUAL(
        "PASS space /store: the disk of the message store (/store) has 6.00 GiB of 10.0 GiB free; 50 % "
        "must be free\n"
        "FAIL space /data: the disk of the message database (/data) has 6.00 GiB of 10.0 GiB free; 80 % "
        "must be free\n"
        "PASS stores: each store lies completely in its folder\n"
        "FAIL services: postfix.service is disabled, and an upgrade counts as healthy only with it "
        "running\n",
        text_of(findings).c_str());
}

TEST_GROUP(InstalledPackages) {
    updater_test::FakeHookRunner programs;

    void answer(std::vector<std::string> lines, std::vector<std::string> errors, int exit_code) {
        programs.install("/usr/bin/dpkg-query", {.standard_output = std::move(lines),
                                                 .standard_error = std::move(errors),
                                                 .exit_code = exit_code,
                                                 .effect = nullptr});
    }
};

TEST(InstalledPackages, are_those_that_dpkg_calls_installed) {
    answer({"=installed libc6", "=config-files clamav"}, {"dpkg-query: no packages found matching nginx"}, 1);
    CHECK((installed_packages(programs, {"libc6", "clamav", "nginx"}, {}) == std::set<std::string>{"libc6"}));
    CHECK((programs.calls().front().arguments ==
           std::vector<std::string>{"--show", "--showformat==${db:Status-Status} ${Package}\n", "--", "libc6",
                                    "clamav", "nginx"}));
}

TEST(InstalledPackages, are_not_asked_for_if_none_is_required) {
    CHECK(installed_packages(programs, {}, {}).empty());
    CHECK(programs.calls().empty());
}

TEST(InstalledPackages, are_unknown_if_the_database_cannot_be_read) {
    answer({}, {"dpkg-query: error: failed to open package info file"}, 2);
    CHECK_THROWS(PackagesUnknown, installed_packages(programs, {"libc6"}, {}));
}
