// The log of a job on a real file system; a list stands in for the systemd journal.
#include "partitions/posix_storage.hpp"
#include "tests/support/temporary_folder.hpp"
#include "updater/progress/run_log.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::progress;

namespace {

const std::chrono::system_clock::time_point time_of_log{std::chrono::seconds(1795230004)};

std::string contents(const std::filesystem::path &file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

} // namespace

TEST_GROUP(RunLog) {
    TemporaryFolder folder;
    std::filesystem::path file = folder.path() / "XPU" / "job-7.log";
    partitions::PosixStorage storage;
    std::ostringstream console;
    std::vector<JournalEntry> journal;
    JobStatus status{[] { return time_of_log; }, "2.8.0.0", "a"};

    void setup() override {
        setenv("TZ", "UTC0", 1);
        tzset();
        job::JobFacts facts;
        facts.job = "job-7";
        facts.from_version = "2.8.0.0";
        facts.to_version = "2.8.1.0";
        facts.log_file = file;
        status.begin_job(facts);
    }
    void teardown() override {
        unsetenv("TZ");
        tzset();
    }
    RunLog open() {
        return open_with([this](const JournalEntry &entry) { journal.push_back(entry); });
    }
    RunLog open_with(JournalSender sender) {
        return {storage, file, "job-7", {status, console, std::move(sender)}, [] { return time_of_log; }};
    }
};

TEST(RunLog, an_event_reaches_file_console_journal_and_status) {
    RunLog log = open();
    log.firmware_version("2.8.1.0");
    log.phase(job::Phase::prepare_store_migration);
    log.info("begins");
    const std::string line =
        "2026-11-21T03:00:04+00:00 phase 4 prepare the message store migration: info: begins\n";
    STRCMP_EQUAL(line.c_str(), contents(file).c_str());
    STRCMP_EQUAL(line.c_str(), console.str().c_str());
    CHECK_EQUAL(1U, journal.size());
    STRCMP_EQUAL("begins", journal[0].message.c_str());
    STRCMP_EQUAL("job-7", journal[0].job.c_str());
    STRCMP_EQUAL("2.8.1.0", journal[0].version.c_str());
    CHECK(journal[0].phase == job::Phase::prepare_store_migration);
    const auto events = status.events(0)["events"];
    STRCMP_EQUAL("begins", events[0]["text"].get<std::string>().c_str());
    CHECK_EQUAL(4, status.state()["phase"].get<int>());
}

TEST(RunLog, lines_outside_the_phases_say_so) {
    open().warning("refused: too old");
    STRCMP_EQUAL("2026-11-21T03:00:04+00:00 job: warning: refused: too old [UC0520]\n",
                 contents(file).c_str());
}

TEST(RunLog, a_warning_or_an_error_has_its_code_or_that_of_its_phase_in_all_places) {
    RunLog log = open();
    log.info("fine");
    log.phase(job::Phase::install);
    log.write({job::Severity::info, messages::Code::program_warns}, "fine as well");
    log.write({job::Severity::warning, messages::Code::program_warns}, "odd");
    log.warning("odd too");
    log.error("bad", "UC9999"); // of another release
    const char *const codes[] = {"", "", "UC0807", "UC0522", "UC9999"};
    const auto events = status.events(0)["events"];
    for (std::size_t index = 0; index < std::size(codes); ++index) {
        STRCMP_EQUAL(codes[index], journal.at(index).code.c_str());
        STRCMP_EQUAL(codes[index], events[index]["code"].get<std::string>().c_str());
    }
    STRCMP_EQUAL("2026-11-21T03:00:04+00:00 job: info: fine\n"
                 "2026-11-21T03:00:04+00:00 phase 2 install the new OS: info: fine as well\n"
                 "2026-11-21T03:00:04+00:00 phase 2 install the new OS: warning: odd [UC0807]\n"
                 "2026-11-21T03:00:04+00:00 phase 2 install the new OS: warning: odd too [UC0522]\n"
                 "2026-11-21T03:00:04+00:00 phase 2 install the new OS: error: bad [UC9999]\n",
                 contents(file).c_str());
    STRCMP_EQUAL(contents(file).c_str(), console.str().c_str());
    STRCMP_EQUAL("odd", journal[2].message.c_str());
}

TEST(RunLog, the_next_system_continues_the_file) {
    {
        RunLog log = open();
        log.phase(job::Phase::restart_appliance);
        log.info("begins");
    }
    RunLog log = open();
    log.phase(job::Phase::migrate_store);
    log.error("failed");
    STRCMP_EQUAL("2026-11-21T03:00:04+00:00 phase 6 restart the appliance: info: begins\n"
                 "2026-11-21T03:00:04+00:00 phase 7 migrate the message store: error: failed [UC0507]\n",
                 contents(file).c_str());
}

TEST(RunLog, a_line_cut_off_by_a_power_failure_is_ended_first) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << "2026-11-21T03:00:00+00:00 phase 6 rest";
    open().info("back");
    STRCMP_EQUAL("2026-11-21T03:00:00+00:00 phase 6 rest\n2026-11-21T03:00:04+00:00 job: info: back\n",
                 contents(file).c_str());
}

TEST(RunLog, secrets_reach_none_of_the_four_places) {
    RunLog log = open();
    log.info("connecting with password=hunter2");
    log.info("-----BEGIN PRIVATE KEY-----");
    log.info("hunter2hunter2hunter2hunter2hunter2hunter2");
    for (const std::string &place :
         {contents(file), console.str(), status.events(0).dump(), journal[0].message, journal[2].message}) {
        CHECK(!place.empty());
        CHECK(place.find("hunter2") == std::string::npos);
    }
}

TEST(RunLog, a_full_disk_does_not_end_the_job_and_is_reported_once) {
    // /dev/full answers every write with ENOSPC.
    std::filesystem::create_directories(file.parent_path());
    std::filesystem::create_symlink("/dev/full", file);
    RunLog log = open();
    for (const char *text : {"one", "two", "three"})
        log.info(text);
    // The three lines and one report.
    CHECK_EQUAL(4U, journal.size());
    CHECK(journal[1].severity == job::Severity::error);
    CHECK(journal[1].message.find(file.string()) != std::string::npos);
    CHECK(journal[1].message.find("the job goes on without it") != std::string::npos);

    std::filesystem::remove(file);
    log.info("four");
    STRCMP_EQUAL("2026-11-21T03:00:04+00:00 job: warning: 3 lines before this one are missing "
                 "here, the "
                 "file could not be written; they are in the journal [UC0119]\n"
                 "2026-11-21T03:00:04+00:00 job: info: four\n",
                 contents(file).c_str());
}

TEST(RunLog, a_journal_that_cannot_be_written_does_not_end_the_job_and_is_reported_once) {
    RunLog log = open_with([](const JournalEntry &) {
        throw std::system_error(EIO, std::generic_category(), "cannot write to the systemd journal");
    });
    log.info("one");
    log.info("two");
    CHECK(contents(file).find("info: two") != std::string::npos);
    CHECK_EQUAL(3U, status.events(0)["events"].size());
    STRCMP_EQUAL("error", status.events(0)["events"][1]["level"].get<std::string>().c_str());
}

TEST(RunLog, an_endless_stream_of_lines_leaves_room_for_mail_and_for_errors) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << std::string(LogFile::max_bytes, 'x') << "\n";
    {
        RunLog log = open();
        for (int line = 0; line < 50; ++line)
            log.info("one more");
        log.error("failed: the disk is broken");
    }
    const std::string tail = contents(file).substr(LogFile::max_bytes + 1);
    CHECK_EQUAL(2, std::ranges::count(tail, '\n'));
    STRCMP_CONTAINS("from here on lines are missing, they are in the journal", tail.c_str());
    STRCMP_CONTAINS("failed: the disk is broken", tail.c_str());
    CHECK_EQUAL(51U, journal.size());
    std::ofstream(file, std::ios::app) << std::string(LogFile::max_bytes, 'x') << "\n";
    const auto full_bytes = std::filesystem::file_size(file);
    RunLog log = open();
    for (int line = 0; line < 50; ++line)
        log.error("failed once more");
    CHECK(std::filesystem::file_size(file) < full_bytes + 1000);
}

TEST(RunLog, an_error_that_is_not_the_storages_passes_through) {
    RunLog log = open_with([](const JournalEntry &) { throw std::logic_error("a mistake in the program"); });
    CHECK_THROWS(std::logic_error, log.info("one"));
}
