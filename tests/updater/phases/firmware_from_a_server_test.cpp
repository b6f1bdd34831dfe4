// Phases 1 and 2 with a firmware that is read where it is: what is looked at, what is said, what is refused
// before anything was touched, and that a phase 1 that was cut can be run again.
#include "image/firmware-writer/firmware_writer.hpp"
#include "image/firmware-writer/signer.hpp"
#include "partitions/layout.hpp"
#include "tests/support/appliance_xml.hpp"
#include "tests/support/fake_boot_selection.hpp"
#include "tests/support/fake_hook_runner.hpp"
#include "tests/support/fake_partition_finder.hpp"
#include "tests/support/fake_storage.hpp"
#include "tests/support/fake_system_roots.hpp"
#include "tests/support/file_contents.hpp"
#include "tests/support/power_cuts.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/updater/phases/phase_run.hpp"
#include "updater/cancelled.hpp"
#include "updater/firmware/file_source.hpp"
#include "updater/firmware/trusted_keys.hpp"
#include "updater/phases/01_download.hpp"
#include "updater/phases/02_install.hpp"
#include "updater/phases/conflicts.hpp"
#include "updater/refusal.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::phases;

namespace {

constexpr std::uint64_t mib = 1024UL * 1024;
const std::map<partitions::Slot, std::filesystem::path> images{{partitions::Slot::a, "/images/a"},
                                                               {partitions::Slot::b, "/images/b"}};
const std::string url = "https://updates.lan.test/newest.fw";

/// Firmware files, made once: keys take a while. The last one has a conversion of /etc.
struct Vendor {
    TemporaryFolder folder;
    std::filesystem::path keys = folder / "keys";

    Vendor() {
        std::filesystem::create_directory(keys);
        firmware_writer::make_key_pair("Test Vendor", folder / "key", keys / "certificate.pem");
        build("2.8.1.0", 'x', "<formats/><conversions contract=\"1\"/>");
        build("2.8.2.0", 'y', "<formats/><conversions contract=\"1\"/>");
        build("2.8.3.0", 'z',
              R"(<formats><configuration name="etc" format="debian-13"/></formats>
                 <conversions contract="1"><conversion name="etc" program="etc" from="any" to="debian-13"/></conversions>)");
    }
    std::filesystem::path firmware(const std::string &version) const { return folder / (version + ".fw"); }
    static std::string image(char letter) { return std::string(5 * mib, letter); }

  private:
    void build(const std::string &version, char letter, const std::string &conversions) {
        test_files::write_file(folder / "image", image(letter));
        firmware_writer::FirmwareParts parts;
        parts.manifest_template =
            R"(<firmware format="3"><product>p</product><hardware>h</hardware><version least-acceptable-version="2.8.0.5">)" +
            version +
            R"(</version><minimum-version install-first="2.8.0.0">2.8.0.0</minimum-version>
               )" +
            conversions + R"(<release-notes>n</release-notes><license>l</license></firmware>)";
        parts.image = folder / "image";
        parts.key = folder / "key";
        parts.certificate = keys / "certificate.pem";
        parts.compression_level = 1;
        firmware_writer::write_firmware(parts, firmware(version), nullptr, {});
    }
};

const Vendor &vendor() {
    static const Vendor made;
    return made;
}

} // namespace

TEST_GROUP(FirmwareFromAServer) {
    partitions_test::FakeStorage storage;
    partitions_test::FakePartitionFinder finder{
        {{"system-a", {"/nowhere/a", 8 * mib}}, {"system-b", {"/nowhere/b", 8 * mib}}}};
    partitions_test::FakeBootSelection boot{partitions::Slot::a, true};
    partitions::Generations generations{storage, "/data"};
    updater_test::FakeHookRunner programs;
    partitions::Layout layout;
    partitions_test::FakeSystemRoots roots{storage, images, partitions::Slot::a};
    pacing::Pacer pacer{0};
    configuration::Appliance running;
    std::map<std::string, std::filesystem::path> server;
    std::vector<bool> known_servers;
    ImageInstallation installation{
        storage,
        finder,
        [this](const std::vector<std::string> &asked, bool known, const ImageInstallation::Report &) {
            known_servers.push_back(known);
            return std::make_unique<firmware::FileSource>(server.at(asked.front()));
        },
        firmware::keys_in(vendor().keys),
        running,
        {.threads = 2},
        pacer};
    DownloadPhase::Checks checks = [](const firmware::Manifest &, const job::JobFacts &) {
        return checks::Findings();
    };
    DownloadPhase phase_1{storage,
                          installation,
                          firmware::keys_in(vendor().keys),
                          layout,
                          [](const auto &) {
                              return partitions::FileSystemSpace{1000 * mib, 1000 * mib};
                          },
                          [this](const firmware::Manifest &manifest, const job::JobFacts &noted) {
                              return checks(manifest, noted);
                          },
                          [](job::PhaseRun &) {}};
    Conversions conversions{programs, layout, std::chrono::seconds(1)};
    ConfigurationChecks configuration_checks{storage, roots, programs, layout};
    ConfigurationRehearsal configuration_rehearsal{conversions, configuration_checks, storage, roots,
                                                   generations};
    StoreRehearsal store_rehearsal{running, conversions, storage, roots, generations};
    install::ImageHeads heads{storage, layout.images};
    InstallPhase phase_2{
        storage, boot, roots, generations, installation, heads, {configuration_rehearsal, store_rehearsal}};

    job::JobFacts facts;
    std::vector<std::string> lines;
    int saves = 0;
    job::PhaseRun run = updater_test::phase_run(facts, lines);

    void setup() override {
        run.save_facts = [this] { ++saves; };
        storage.put_device("/nowhere/a", 8 * mib);
        storage.put_device("/nowhere/b", 8 * mib);
        storage.put_directory("/data");
        storage.put_file("/images/b/var/lib/new", "of the new image");
        storage.put_file("/images/b" / partitions::appliance_file.relative_path(),
                         updater_test::appliance_xml({.version = "2.8.1.0"}));
        generations.assign(partitions::Slot::a, generations.create("2.8.0.0"));
        facts.old_generation = generations.of_slot(partitions::Slot::a);
        facts.job = "1";
        facts.operation = job::Operation::install;
        facts.source = url;
        facts.from_version = "2.8.0.0";
        server[url] = vendor().firmware("2.8.1.0");
    }

    bool said(const std::string &text) const {
        for (const auto &line : lines)
            if (line.find(text) != std::string::npos)
                return true;
        return false;
    }
};

TEST(FirmwareFromAServer, phase1_says_what_will_be_fetched_and_stores_and_changes_nothing) {
    const auto operations = storage.operations().size();
    CHECK(phase_1.run(run) == job::PhaseEnd::done);
    LONGS_EQUAL(operations, storage.operations().size());
    STRCMP_EQUAL("2.8.1.0", facts.to_version.c_str());
    STRCMP_EQUAL("2.8.0.5", facts.least_acceptable_version.c_str());
    CHECK_FALSE(facts.image_hash.empty());
    CHECK(facts.firmware_file.empty());
    CHECK(saves > 0);
    CHECK(said("version 2.8.1.0, signed by CN=Test Vendor"));
    CHECK_TEXT(said("to fetch: "), lines.back().c_str());
}

TEST(FirmwareFromAServer, what_the_checks_refuse_is_not_planned) {
    checks = [](const firmware::Manifest &manifest, const job::JobFacts &noted) {
        STRCMP_EQUAL("2.8.1.0", manifest.version.text().c_str());
        STRCMP_EQUAL("2.8.0.0", noted.from_version.c_str());
        checks::Findings findings;
        findings.add({"version", checks::Verdict::fail, "too old", "take another"});
        return findings;
    };
    CHECK_THROWS(Refused, phase_1.run(run));
    CHECK_FALSE(said("to fetch"));
}

TEST(FirmwareFromAServer, what_the_checks_warn_of_is_a_warning_of_the_job_that_goes_on) {
    checks = [](const firmware::Manifest &, const job::JobFacts &) {
        checks::Findings findings;
        findings.add({"disk health", checks::Verdict::warn, "the disk wears out", "replace it"});
        findings.add({"clock", checks::Verdict::notice, "is not synchronized", ""});
        findings.add({"product", checks::Verdict::pass, "is the right one", ""});
        return findings;
    };
    std::vector<std::string> warnings;
    run.log = [&](const job::CodedSeverity &severity, std::string_view line) {
        lines.emplace_back(line);
        if (severity.severity == job::Severity::warning)
            warnings.push_back(severity.code + " " + std::string(line));
    };
    CHECK(phase_1.run(run) == job::PhaseEnd::done);
    LONGS_EQUAL(1, warnings.size());
    STRCMP_EQUAL("UC0417 WARN disk health: the disk wears out; replace it", warnings.front().c_str());
    CHECK(said("NOTICE clock: is not synchronized"));
    CHECK_FALSE(said("is the right one"));
}

TEST(FirmwareFromAServer, a_file_that_is_damaged_is_refused_before_the_rescue_partition_is_given_up) {
    const TemporaryFolder folder;
    const auto damaged = folder / "damaged.fw";
    std::filesystem::copy_file(vendor().firmware("2.8.1.0"), damaged);
    std::filesystem::resize_file(damaged, std::filesystem::file_size(damaged) / 2);
    facts.firmware_file = damaged;
    facts.source.clear();
    CHECK_THROWS(Refused, phase_1.run(run));
    CHECK(boot.bootable(partitions::Slot::b));
}

TEST(FirmwareFromAServer, another_firmware_at_the_same_url_ends_phase2_before_anything_is_touched) {
    phase_1.run(run);
    server[url] = vendor().firmware("2.8.2.0");
    const auto operations = storage.operations().size();
    try {
        phase_2.run(run);
        FAIL("phase 2 takes what phase 1 has not checked");
    } catch (const FirmwareChanged &changed) {
        STRCMP_CONTAINS("it was version 2.8.1.0, now it is version 2.8.2.0", changed.what());
    }
    LONGS_EQUAL(operations, storage.operations().size());
    CHECK(boot.bootable(partitions::Slot::b));
}

TEST(FirmwareFromAServer, an_installation_that_is_paced_stops_when_it_is_cancelled) {
    pacer.set_rate(1);
    std::stop_source stop;
    stop.request_stop();
    run.stop = stop.get_token();
    CHECK_THROWS(Cancelled, phase_1.run(run));
}

TEST(FirmwareFromAServer, phase2_marks_the_partition_and_writes_the_image_however_often_it_is_cut) {
    phase_1.run(run);
    const auto leftovers =
        generations.path_of(generations.create("2.8.1.0")) / "var/half"; // of an attempt that was cut
    storage.put_file(leftovers, "");
    CHECK((known_servers == std::vector<bool>{false}));
    for (int time = 0; time < 2; ++time) {
        CHECK(phase_2.run(run) == job::PhaseEnd::done);
        CHECK_FALSE(boot.bootable(partitions::Slot::b));
        CHECK(storage.contents("/nowhere/b").substr(0, 5 * mib) == Vendor::image('x'));
        LONGS_EQUAL(2, generations.all().size());
        const auto made = generations.path_of(facts.new_generation);
        STRCMP_EQUAL("of the new image", storage.contents(made / "var/lib/new").c_str());
        CHECK_FALSE(generations.assigned(partitions::Slot::b).has_value());
        CHECK(said("the image is installed and was read back"));
    }
    CHECK(said("nothing to fetch"));
    CHECK((known_servers == std::vector<bool>{false, true, true}));
    CHECK_FALSE(storage.exists(leftovers));
}

TEST(FirmwareFromAServer, phase2_ends_when_the_new_system_refuses_the_configuration_of_the_appliance) {
    const std::filesystem::path checks_of_image = layout.configuration_checks;
    const auto upper = generations.path_of(facts.old_generation) / "etc/upper";
    storage.put_file(upper / "ssh/sshd_config", "old algorithms");
    storage.put_directory("/images/a");
    storage.put_file("/images/b/etc/ssh/sshd_config", "of the new image");
    storage.put_file("/images/b" / (checks_of_image / "ssh").relative_path(), "");
    int asked = 0;
    updater_test::FakeHookRunner::Script checker;
    checker.exit_code = 1;
    checker.standard_error = {"sshd_config: old algorithms"};
    checker.effect = [&](const hooks::runner::HookCall &call) {
        ++asked;
        STRCMP_EQUAL("old algorithms", storage.contents(call.root / "etc/ssh/sshd_config").c_str());
    };
    programs.install(checks_of_image / "ssh", checker);
    phase_1.run(run);
    try {
        phase_2.run(run);
        FAIL("phase 2 goes on with a configuration that the new system refuses");
    } catch (const ConfigurationRefused &refused) {
        STRCMP_CONTAINS("the checker ssh says: sshd_config: old algorithms", refused.what());
    }
    STRCMP_EQUAL("old algorithms", storage.contents(upper / "ssh/sshd_config").c_str());
    phase_2.undo(run);
    CHECK_FALSE(boot.bootable(partitions::Slot::b));
    LONGS_EQUAL(1, generations.all().size());
    checker.exit_code = 0;
    programs.install(checks_of_image / "ssh", checker);
    CHECK(phase_2.run(run) == job::PhaseEnd::done);
    LONGS_EQUAL(2, asked);
}

TEST(FirmwareFromAServer, phase2_ends_at_a_conflict_that_is_not_known_if_that_was_asked_for) {
    storage.put_directory(generations.path_of(facts.old_generation) / "etc/upper");
    storage.put_directory("/images/a");
    storage.put_file(
        "/images/b" / partitions::appliance_file.relative_path(),
        updater_test::appliance_xml({.version = "2.8.3.0", .configuration = {{"etc", "debian-13"}}}));
    server[url] = vendor().firmware("2.8.3.0");
    phase_1.run(run);
    programs.install(layout.hooks / "etc", {.standard_error = {"conflict /etc/motd: changed on both sides"}});
    const auto outcome = [&](bool stops, std::vector<std::string> known) -> std::string {
        facts.stop_on_conflict = stops;
        facts.known_conflicts = std::move(known);
        try {
            phase_2.run(run);
            return "";
        } catch (const UnknownConflicts &conflicts) {
            CHECK(conflicts.code() == messages::Code::unknown_conflicts);
            phase_2.undo(run);
            CHECK_FALSE(boot.bootable(partitions::Slot::b));
            LONGS_EQUAL(1, generations.all().size());
            return conflicts.what();
        }
    };
    STRCMP_CONTAINS("/etc/motd: changed on both sides", outcome(true, {}).c_str());
    STRCMP_CONTAINS("/etc/motd: changed on both sides", outcome(true, {"/etc/issue"}).c_str());
    CHECK(said("etc: conflict /etc/motd"));
    STRCMP_EQUAL("", outcome(true, {"/etc/motd"}).c_str());
    STRCMP_EQUAL("", outcome(false, {}).c_str());
}

TEST(FirmwareFromAServer, phase2_goes_on_wherever_the_power_was_cut_and_never_leaves_a_half_image_bootable) {
    phase_1.run(run);
    const auto runs_through = [&](partitions_test::FakeStorage &disk) {
        partitions::GrubBootSelection disk_boot(disk, "/boot/grubenv");
        partitions::Generations disk_generations(disk, "/data");
        ImageInstallation on_disk{
            disk,
            finder,
            [this](const std::vector<std::string> &asked, bool, const ImageInstallation::Report &) {
                return std::make_unique<firmware::FileSource>(server.at(asked.front()));
            },
            firmware::keys_in(vendor().keys),
            running,
            {.threads = 1, .checkpoint_bytes = mib},
            pacer};
        partitions_test::FakeSystemRoots disk_roots{disk, images, partitions::Slot::a};
        ConfigurationChecks disk_checks{disk, disk_roots, programs, layout};
        ConfigurationRehearsal disk_configuration{conversions, disk_checks, disk, disk_roots,
                                                  disk_generations};
        StoreRehearsal disk_stores{running, conversions, disk, disk_roots, disk_generations};
        install::ImageHeads disk_heads(disk, layout.images);
        InstallPhase(disk, disk_boot, disk_roots, disk_generations, on_disk, disk_heads,
                     {disk_configuration, disk_stores})
            .run(run);
    };
    const auto holds_image = [](const partitions_test::FakeStorage &disk) {
        return disk.contents("/nowhere/b").substr(0, 5 * mib) == Vendor::image('x');
    };
    partitions_test::for_each_cut(
        [&](partitions_test::FakeStorage &disk) {
            disk.put_file("/boot/grubenv",
                          partitions_test::boot_environment(partitions::Slot::a, true, true));
            disk.put_device("/nowhere/a", 8 * mib);
            disk.put_device("/nowhere/b", 8 * mib);
            disk.put_file("/images/b/var/lib/new", "of the new image");
            disk.put_file("/images/b" / partitions::appliance_file.relative_path(),
                          updater_test::appliance_xml({.version = "2.8.1.0"}));
            disk.put_directory("/data/generations/2.8.0.0-1");
            disk.put_directory("/data/generations/2.7.0.0-1");
            disk.put_symlink("../generations/2.8.0.0-1", "/data/slots/system-a");
            disk.put_symlink("../generations/2.7.0.0-1", "/data/slots/system-b");
        },
        runs_through,
        [&](partitions_test::FakeStorage &rebooted, const std::string &where) {
            partitions::GrubBootSelection rebooted_boot(rebooted, "/boot/grubenv");
            const bool untouched = rebooted.contents("/nowhere/b") == std::string(8 * mib, '\0');
            CHECK_TEXT(untouched || !rebooted_boot.bootable(partitions::Slot::b), where.c_str());
            CHECK_TEXT(rebooted_boot.bootable(partitions::Slot::a), where.c_str());
            runs_through(rebooted);
            CHECK_TEXT(holds_image(rebooted), where.c_str());
            CHECK_TEXT(rebooted.exists("/data/generations/2.8.0.0-1"), where.c_str());
            CHECK_TEXT(!rebooted.exists("/data/generations/2.7.0.0-1"), where.c_str());
        },
        partitions_test::every_fate(1), partitions_test::Repeats::skipped);
}

TEST(FirmwareFromAServer, a_download_keeps_the_whole_file_under_its_version_and_removes_what_others_left) {
    facts.operation = job::Operation::download;
    storage.put_file(layout.firmware / "2.8.0.5.fw.part", "cut");
    for (const char *name : {"2.7.9.9.fw", "2.8.0.7.fw", "2.8.2.0.fw", "ours.fw"})
        storage.put_file(layout.firmware / name, "");
    CHECK(phase_1.run(run) == job::PhaseEnd::done);
    STRCMP_EQUAL((layout.firmware / "2.8.1.0.fw").c_str(), facts.firmware_file.c_str());
    CHECK(storage.exists(layout.firmware / "2.8.1.0.fw"));
    CHECK(storage.exists(layout.firmware / "2.8.2.0.fw"));
    CHECK(storage.exists(layout.firmware / "ours.fw")); // not of an earlier download
    CHECK_FALSE(storage.exists(layout.firmware / "2.7.9.9.fw"));
    CHECK_FALSE(storage.exists(layout.firmware / "2.8.0.7.fw"));
    CHECK_FALSE(storage.exists(layout.firmware / "2.8.0.5.fw.part"));
    CHECK(saves > 1); // before the first byte, so that a later try knows what it goes on with
}

TEST(FirmwareFromAServer, a_server_with_another_version_than_the_feed_names_is_not_believed) {
    for (const auto operation : {job::Operation::download, job::Operation::install}) {
        facts.operation = operation;
        facts.expected_version = "2.8.2.0";
        try {
            phase_1.run(run);
            FAIL("another version was taken");
        } catch (const Refused &refusal) {
            STRCMP_CONTAINS("the feed names version 2.8.2.0 for ", refusal.what());
            STRCMP_CONTAINS("but version 2.8.1.0 is", refusal.what());
        }
        CHECK_FALSE(storage.exists(layout.firmware / "2.8.1.0.fw"));
    }
}
