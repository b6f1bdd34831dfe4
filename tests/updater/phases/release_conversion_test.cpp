// Settings of an older release's snapshot become those of the running one by the programs that an upgrade
// would run, or nothing is done.
#include "tests/updater/phases/converting_programs.hpp"
#include "tests/updater/phases/two_systems.hpp"
#include "updater/cancelled.hpp"
#include "updater/phases/release_conversion.hpp"
#include "updater/refusal.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater_test;
using namespace updater::phases;

namespace {

const std::filesystem::path conversion_folder = TwoSystems::new_generation / "etc/converting";
const snapshot::ConversionFolders conversion_folders{.source = conversion_folder / "source",
                                                     .old_root = conversion_folder / "old-root",
                                                     .old_var = conversion_folder / "old-var",
                                                     .new_var = conversion_folder / "new-var",
                                                     .work = conversion_folder};

/// 2.8.1.0 runs from slot b, with the manifest of its firmware.
struct UpgradedAppliance : TwoSystems {
    explicit UpgradedAppliance(partitions_test::FakeStorage &on) : TwoSystems(on, partitions::Slot::b) {
        programs.install("/usr/lib/update-control/hooks/etc", adds_its_name(disk, "etc"));
        programs.install("/usr/lib/update-control/hooks/policy", adds_its_name(disk, "policy"));
        manifest.version = firmware::Version(2, 8, 1, 0);
        manifest.conversion_contract = 1;
        manifest.formats = {{"message-store", firmware::ConversionKind::store, "2"},
                            {"etc", firmware::ConversionKind::configuration, "debian-13"},
                            {"policy", firmware::ConversionKind::configuration, "2"}};
        manifest.conversions = {{"message-store", firmware::ConversionKind::store, "message-store", "1", "2"},
                                {"etc", firmware::ConversionKind::configuration, "etc", "any", "debian-13"},
                                {"policy", firmware::ConversionKind::configuration, "policy", "1", "2"}};
        old.name = "monday";
        old.version = "2.8.0.0";
        old.formats = {{"etc", "debian-12"}, {"policy", "1"}};
        for (const auto &[slot, image] : images)
            disk.put_directory(image / "etc");
        disk.put_file(images.at(partitions::Slot::b) / "usr/share/update-control/shared-places",
                      "log /var/log");
        disk.put_file(conversion_folders.source / "main.cf", "mine");
        disk.put_directory(conversion_folders.old_root / "etc");
        disk.put_directory(conversion_folders.old_var);
        disk.put_directory(conversion_folders.new_var);
        disk.put_directory(new_generation / "var");
    }

    std::string refusal() const {
        try {
            conversion.require_possible(old);
        } catch (const Refused &refused) {
            return std::string(refused.what()) + "|" + refused.next_step();
        }
        return "possible";
    }

    firmware::Manifest manifest;
    bool is_head_known = true;
    snapshot::Description old;
    ConfigurationChecks checks{disk, roots, programs, partitions::Layout()};
    ReleaseConversion conversion{
        disk,
        roots,
        conversions,
        checks,
        {.slot = partitions::Slot::b,
         .version = "2.8.1.0",
         .var = [] { return new_generation / "var"; },
         .manifest = [this] { return is_head_known ? std::optional(manifest) : std::nullopt; }}};
};

} // namespace

TEST_GROUP(ReleaseConversion) {
    partitions_test::FakeStorage disk;
    UpgradedAppliance appliance{disk};

    std::string converted() {
        const auto result = appliance.conversion.convert(appliance.old, conversion_folders, {});
        lines = result.lines;
        return disk.contents(result.upper / "main.cf");
    }
    std::vector<std::string> lines;
};

TEST(ReleaseConversion, runs_the_programs_for_the_configuration_as_an_upgrade_would) {
    STRCMP_EQUAL("possible", appliance.refusal().c_str());
    STRCMP_EQUAL("mine, etc debian-12-debian-13, policy 1-2", converted().c_str());
    CHECK_EQUAL(2U, appliance.programs.calls().size());
    const auto &call = appliance.programs.calls().front();
    STRCMP_EQUAL("/images/b", call.root.c_str());
    STRCMP_EQUAL("/", call.environment.at("UPDATE_CONTROL_NEW_ROOT").c_str());
    STRCMP_EQUAL(conversion_folders.old_var.c_str(), call.environment.at("UPDATE_CONTROL_OLD_VAR").c_str());
    CHECK_FALSE(call.environment.contains("UPDATE_CONTROL_REHEARSAL"));
    STRCMP_EQUAL("1", call.environment.at("UPDATE_CONTROL_ONLY_SETTINGS").c_str());
    CHECK_TRUE(call.protect_system);
    STRCMP_EQUAL(
        "log /var/log",
        disk.contents(conversion_folders.old_root / "usr/share/update-control/shared-places").c_str());
    for (const char *place : {"data", "dev", "proc", "run", "tmp"})
        CHECK_TRUE(disk.exists(conversion_folders.old_root / place));
}

TEST(ReleaseConversion, merges_with_the_image_of_a_later_release_with_the_same_formats) {
    appliance.old.formats = {{"etc", "debian-13"}, {"policy", "2"}};
    STRCMP_EQUAL("mine, etc debian-13-debian-13", converted().c_str());
}

TEST(ReleaseConversion, tells_conflicts_and_warnings_and_nothing_else) {
    auto program = adds_its_name(disk, "policy");
    program.standard_error = {"conflict /etc/motd: both sides changed it", "warning: /etc/x: owner",
                              "debug: y", "policies: 1 converted"};
    appliance.programs.install("/usr/lib/update-control/hooks/policy", program);
    converted();
    CHECK_EQUAL(2U, lines.size());
    STRCMP_EQUAL("policy: conflict /etc/motd: both sides changed it", lines[0].c_str());
    STRCMP_EQUAL("policy: /etc/x: owner", lines[1].c_str());
}

TEST(ReleaseConversion, that_fails_or_whose_result_is_refused_says_why) {
    disk.put_file("/images/b/usr/lib/update-control/configuration-checks/postfix", "program");
    appliance.programs.install("/usr/lib/update-control/configuration-checks/postfix",
                               {.standard_error = {"bad main.cf"}, .exit_code = 1});
    CHECK_THROWS(Refused, converted());
    appliance.programs.install("/usr/lib/update-control/hooks/etc",
                               {.standard_error = {"a file is no file"}, .exit_code = 1});
    CHECK_THROWS(ConversionFailed, converted());
}

TEST(ReleaseConversion, is_refused_where_it_cannot_be_done) {
    const struct {
        std::function<void(UpgradedAppliance &)> change;
        const char *says;
    } cases[] = {
        {[](auto &it) { it.old.version = "2.8.2.0"; }, "which is newer than the running 2.8.1.0"},
        {[](auto &it) { it.old.version = "2.8"; }, "which is no version"},
        {[](auto &it) { it.old.formats["policy"] = "0"; },
         "the policy of the snapshot monday of version 2.8.0.0 is in format 0, version 2.8.1.0 keeps it in "
         "format 2, "
         "and the firmware has no conversion between them (it has 1 to 2)"},
        {[](auto &it) { it.old.formats["greeting"] = "1"; },
         "does not say in which format version 2.8.1.0 keeps the greeting of the snapshot monday"},
        {[](auto &it) { it.is_head_known = false; },
         "the signed head of the running system isn't on this appliance"},
        {[](auto &it) { it.manifest.version = firmware::Version(2, 8, 0, 9); }, "isn't on this appliance"},
        {[](auto &it) { it.manifest.conversion_contract = 2; }, "need contract 2"},
    };
    for (const auto &each : cases) {
        partitions_test::FakeStorage other;
        UpgradedAppliance changed(other);
        each.change(changed);
        const std::string refusal = changed.refusal();
        STRCMP_CONTAINS(each.says, refusal.c_str());
        STRCMP_CONTAINS("update-control --snapshot show monday", refusal.c_str());
        CHECK_THROWS(Refused, changed.conversion.convert(changed.old, conversion_folders, {}));
        CHECK_TRUE(changed.programs.calls().empty());
    }
}

TEST(ReleaseConversion, ends_when_the_agent_ends) {
    std::stop_source source;
    source.request_stop();
    CHECK_THROWS(Cancelled,
                 appliance.conversion.convert(appliance.old, conversion_folders, source.get_token()));
}
