// Any lines as a job's journal, with the checksums they need, and what an agent that starts makes of them.
// Expected: std::runtime_error. Records that were read are the same when they are written and read again, and
// a further record can be added whatever the end of the journal looks like.
#include "partitions/base/sha256.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/support/fake_storage.hpp"
#include "updater/job/job_history.hpp"
#include "updater/job/journal.hpp"
#include "updater/job/recovery.hpp"

#include <optional>
#include <stdexcept>

using namespace updater;
using namespace updater::job;
using namespace partitions::base;

namespace {

const std::filesystem::path journal_file = "/journal";

/// No input would find the checksum of a line by itself. A line behind '!' stays as it is, torn or damaged.
std::string with_checksums(std::string_view text) {
    constexpr std::size_t checksum_digits = 16;
    std::string journal;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        if (line.starts_with('!'))
            journal += line.substr(1);
        else
            journal += to_hexadecimal(sha256_of(line)).substr(0, checksum_digits) + ' ' + std::string(line);
        text.remove_prefix(line.size());
        if (text.empty())
            break;
        journal += '\n';
        text.remove_prefix(1);
    }
    return journal;
}

/// What is asked of the phases is only what a return into them means.
PhaseTable phase_table() {
    job::PhaseTable table;
    for (const job::Phase phase : all_phases)
        table.push_back(
            {.phase = phase, .run = nullptr, .undo = nullptr, .on_return = rules_of(phase).on_return});
    return table;
}

void recover(const job::JournalContents &contents) {
    static const job::PhaseTable table = phase_table();
    using partitions::Slot;
    for (const partitions::Slot running : {partitions::Slot::a, partitions::Slot::b})
        for (const partitions::Slot by_default : {partitions::Slot::a, partitions::Slot::b})
            for (const char *boot_id : {"boot-1", "boot-2"}) {
                try {
                    decide_recovery(contents, table, {{running, boot_id}, by_default});
                } catch (const std::runtime_error &) {
                    // The journal names no job.
                }
            }
    if (!contents.records.empty() && contents.records.back().kind == job::RecordKind::job_ended)
        end_of_job(contents);
}

bool same(const job::Record &one, const job::Record &other) {
    const auto json = [](const job::Record &record) {
        return record.facts ? to_json(*record.facts) : nlohmann::json();
    };
    return one.kind == other.kind && one.time == other.time && one.phase == other.phase &&
           json(one) == json(other) && one.outcome == other.outcome && one.reason == other.reason &&
           one.next_step == other.next_step;
}

void write_again(const std::vector<job::Record> &records) {
    partitions_test::FakeStorage storage;
    job::Record current;
    job::Journal journal(storage, journal_file, records.front().boot_id, [&] { return current.time; });
    for (const job::Record &record : records) {
        current = record;
        if (&record == &records.front())
            journal.begin(record);
        else
            journal.append(record);
    }
    const job::JournalContents again = journal.read();
    fuzz::require(!again.damaged && again.records.size() == records.size(), "all records are written");
    fuzz::require(again.records.front().boot_id == records.front().boot_id, "a record keeps its boot");
    for (std::size_t number = 0; number < records.size(); ++number)
        fuzz::require(same(again.records[number], records[number]), "a record stays what it was");
}

std::optional<job::JournalContents> read(job::Journal &journal) {
    try {
        return journal.read();
    } catch (const std::runtime_error &) {
        return std::nullopt;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    partitions_test::FakeStorage storage;
    storage.put_file(journal_file, with_checksums(fuzz::Input(data, size).text()));
    job::Journal journal(storage, journal_file, "boot-1",
                         [] { return std::chrono::system_clock::time_point(); });
    const std::optional<job::JournalContents> contents = read(journal);
    if (!contents)
        return 0;
    recover(*contents);
    if (!contents->records.empty())
        write_again(contents->records);

    journal.append({.kind = job::RecordKind::undo_begins, .phase = job::Phase::install});
    const job::JournalContents longer = journal.read();
    fuzz::require(!longer.damaged && longer.records.size() == contents->records.size() + 1,
                  "a record can be added to any journal");
    return 0;
}
