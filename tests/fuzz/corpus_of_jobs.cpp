// Journals and boot environments for the fuzzers to begin with.
#include "partitions/grub_environment.hpp"
#include "tests/fuzz/corpus.hpp"
#include "tests/support/fake_storage.hpp"
#include "updater/job/journal.hpp"

#include <sstream>

using namespace updater;
using namespace updater::job;

namespace fuzz {

namespace {

const std::filesystem::path journal_file = "/journal";

job::JobFacts some_facts() {
    job::JobFacts facts;
    facts.job = "20261121-030004";
    facts.operation = job::Operation::install;
    facts.source = "https://server/new.fw";
    facts.from_version = "2.8.0.0";
    facts.to_version = "2.8.1.0";
    facts.expected_records["message-store"] = 4711;
    facts.conversions.push_back({"etc", firmware::ConversionKind::configuration, "etc", "1", "2"});
    facts.services.emplace().units.push_back({"postfix.service", {"loaded", "active", "running", "enabled"}});
    return facts;
}

std::string without_checksums(const std::string &journal) {
    std::istringstream lines(journal);
    std::string text;
    for (std::string line; std::getline(lines, line);)
        text += line.substr(line.find(' ') + 1) + "\n";
    return text;
}

std::string journal_of(const std::vector<job::Record> &records) {
    partitions_test::FakeStorage storage;
    job::Journal journal(storage, journal_file, "boot-1",
                         [] { return std::chrono::system_clock::time_point(std::chrono::hours(500000)); });
    journal.begin({.kind = job::RecordKind::job_begins, .facts = some_facts()});
    for (const job::Record &record : records)
        journal.append(record);
    return storage.contents(journal_file);
}

} // namespace

void write_job_inputs(const Corpus &corpus) {
    const std::vector<job::Record> records = {
        {.kind = job::RecordKind::phase_begins, .phase = job::Phase::download},
        {.kind = job::RecordKind::phase_done, .phase = job::Phase::download, .facts = some_facts()},
        {.kind = job::RecordKind::phase_begins, .phase = job::Phase::install},
        {.kind = job::RecordKind::resumed, .phase = job::Phase::install},
        {.kind = job::RecordKind::phase_failed,
         .phase = job::Phase::install,
         .outcome = job::Outcome::rolled_back,
         .reason = "line one\nand \"two\"",
         .next_step = "look"},
        {.kind = job::RecordKind::undo_begins, .phase = job::Phase::install},
        {.kind = job::RecordKind::job_ended, .outcome = job::Outcome::rolled_back, .reason = "line one"}};
    const std::string whole = journal_of(records);
    corpus.add("journal", "whole", without_checksums(whole));
    corpus.add("journal", "begun", without_checksums(journal_of({records[0]})));
    corpus.add("journal", "torn", without_checksums(journal_of({})) + "!" + whole.substr(0, 100));
    corpus.add("journal", "damaged", without_checksums(journal_of({})) + "!0\n" + without_checksums(whole));

    // The first byte chooses between the lines of a block and a whole one.
    corpus.add("grub_environment", "lines",
               std::string(1, '\0') + "default_slot=a\n# a comment\ntry_slot=\n");
    corpus.add("grub_environment", "escapes", std::string(1, '\0') + "a=C:\\\\x\\\ny\na=2\n");
    partitions::GrubEnvironment environment;
    environment.set("default_slot", "a");
    corpus.add("grub_environment", "block", '\7' + environment.serialize());
}

} // namespace fuzz
