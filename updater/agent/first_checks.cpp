#include "updater/agent/first_checks.hpp"

#include "updater/agent/firmware_path.hpp"
#include "updater/firmware/firmware_error.hpp"
#include "updater/firmware/firmware_reader.hpp"

#include <string>
#include <utility>

namespace updater::agent {

FirstChecks::FirstChecks(partitions::Storage &storage, firmware::KeysNow trusted_keys, Checks checks,
                         job::Journal &journal, progress::LogObserver &observer)
    : storage_(storage), trusted_keys_(std::move(trusted_keys)), checks_(std::move(checks)),
      journal_(journal), observer_(observer) {}

void FirstChecks::check(const job::JobFacts &facts) {
    try {
        if (facts.firmware_file.empty())
            checks_.before_download();
        else
            check_firmware_file(facts);
    } catch (const firmware::FirmwareDamaged &damage) {
        const Refused refusal(damage.what(), damage.next_step());
        record(facts, refusal);
        throw refusal;
    } catch (const Refused &refusal) {
        record(facts, refusal);
        throw;
    }
}

void FirstChecks::check_firmware_file(const job::JobFacts &facts) const {
    require_firmware_file(storage_, facts.firmware_file);
    const firmware::FirmwareReader firmware(facts.firmware_file, trusted_keys_());
    checks_.of_manifest(firmware.manifest(), facts);
}

void FirstChecks::record(const job::JobFacts &facts, const Refused &refusal) {
    job::Record record{.kind = job::RecordKind::job_ended};
    record.facts = facts;
    record.outcome = job::Outcome::refused;
    record.reason = refusal.what();
    record.next_step = refusal.next_step();
    record.code = messages::text_of(refusal.code());
    observer_.job_begins(facts, false);
    try {
        journal_.begin(record);
    } catch (const partitions::StorageError &failure) {
        // The refusal is what matters, and may have the same cause.
        observer_.event({job::Severity::warning, messages::Code::journal_not_written},
                        std::string("the refusal cannot be recorded: ") + failure.what());
    }
    observer_.job_ended(facts, {.outcome = job::Outcome::refused,
                                .reason = record.reason,
                                .next_step = record.next_step,
                                .code = record.code});
}

} // namespace updater::agent
