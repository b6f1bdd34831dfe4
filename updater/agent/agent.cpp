// Requests to the agent.
#include "updater/agent/agent.hpp"

#include "partitions/durable.hpp"
#include "updater/text/local_time.hpp"

#include <ctime>
#include <utility>

namespace updater::agent {

namespace {

std::string job_id(std::chrono::system_clock::time_point time) {
    const auto seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::string text(32, '\0');
    text.resize(std::strftime(text.data(), text.size(), "%Y%m%d-%H%M%S", &parts));
    return text;
}

/// The phase that a state document tells of; 0 before the first.
int phase_number_in(const nlohmann::json &state) {
    return state.contains("phase") && state["phase"].is_number() ? state["phase"].get<int>() : 0;
}

} // namespace

Agent::Agent(const configuration::Appliance &appliance, job::RunningSystem running, partitions::Layout layout,
             partitions::Storage &storage, partitions::BootSelection &boot,
             partitions::Generations &generations, job::Journal &journal, job::JobRunner &runner,
             progress::LogObserver &observer, progress::JobStatus &status,
             const available::FirmwareChoice &choice, firmware::KeysNow trusted_keys, Checks checks,
             text::Clock clock)
    : appliance_(appliance), running_(std::move(running)), layout_(std::move(layout)), storage_(storage),
      boot_(boot), generations_(generations), journal_(journal), runner_(runner), observer_(observer),
      status_(status), choice_(choice), trusted_keys_(std::move(trusted_keys)), checks_(std::move(checks)),
      clock_(std::move(clock)) {}

void Agent::pick_up() {
    const std::lock_guard lock(requests_);
    const auto contents = journal_.read();
    if (contents.records.empty())
        return;
    const auto &last = contents.records.back();
    if (last.kind == job::RecordKind::job_ended) {
        status_.finished(
            progress::finished_job(job::latest_facts(contents), job::end_of_job(contents), last.time));
        return;
    }
    // Whoever asks first must not be told that there is no job.
    const auto facts = job::latest_facts(contents);
    status_.begin_job(facts.job, progress::operation_of(facts), facts.from_version, facts.to_version,
                      facts.log_file, facts.started);
    in_thread([this](const std::stop_token &stop) { return runner_.recover(stop); });
}

void Agent::stop() {
    const std::lock_guard lock(requests_);
    if (!cancelled_)
        runner_.leave();
    job_.request_stop();
    if (job_.joinable())
        job_.join();
}

std::string Agent::install(const std::string &source, bool force) {
    const std::lock_guard lock(requests_);
    refuse_while_running();
    auto facts = new_facts("install", source);
    facts.force = force;
    choice_.resolve_source(facts, source, force);
    choice_.add_what_the_feed_says(facts);
    check_first(facts);
    in_thread([this, facts](const std::stop_token &stop) { return runner_.start(facts, stop); });
    return facts.job;
}

std::string Agent::download(const std::string &source) {
    const std::lock_guard lock(requests_);
    refuse_while_running();
    auto facts = new_facts("download", source.empty() ? choice_.newest_url(false) : source);
    if (!facts.source.starts_with("https://"))
        throw Refused("'" + facts.source + "' is not an https URL",
                      "Give the URL of a firmware file, or none.");
    choice_.add_what_the_feed_says(facts);
    in_thread([this, facts](const std::stop_token &stop) { return runner_.start(facts, stop); });
    return facts.job;
}

void Agent::cancel() {
    const std::lock_guard lock(requests_);
    const auto state = status_.state();
    if (!busy_)
        throw job::NotPossible("no job runs, so there is nothing to cancel");
    if (phase_number_in(state) > job::number_of(job::Phase::install) && !runner_.is_finishing())
        throw job::NotPossible(
            "the job is in phase " + std::to_string(phase_number_in(state)) +
            "; cancelling is possible in phases 1 and 2. To go back to the old version use "
            "update-control --rollback");
    cancelled_ = true;
    job_.request_stop();
}

void Agent::rollback(bool force) {
    const std::lock_guard lock(requests_);
    if (busy_) {
        refuse_to_go_back_now();
        cancelled_ = true;
        job_.request_stop();
        return;
    }
    const auto previous = generations_.assigned(partitions::other(running_.slot));
    if (!previous || !boot_.bootable(partitions::other(running_.slot)))
        throw job::NotPossible("there is no previous system to go back to: the rescue partition holds none");
    checks_.of_previous_system(firmware::Version::parse(partitions::Generations::version_of(*previous)));
    if (!force)
        throw job::NotPossible(
            "the running system is committed. Going back to " +
            partitions::Generations::version_of(*previous) +
            " is possible, but its message store knows nothing of the mail that was stored since the "
            "upgrade (the mail queue is kept). It is tried like a new system: if it does not prove itself, "
            "the appliance comes back to " +
            appliance_.version + ". To do it all the same: update-control --rollback --force");
    go_back_to_previous_system();
}

void Agent::refuse_to_go_back_now() const {
    const auto state = status_.state();
    const auto is = [&state](const char *name, const char *value) {
        return state.contains(name) && state[name].is_string() && state[name] == value;
    };
    if (is("operation", "rollback"))
        throw job::Busy("a rollback is under way; watch it with: update-control -f");
    if (runner_.is_finishing())
        throw job::Busy(
            "the new system is committed, but what follows is not done yet (update-control -s says "
            "what); end the "
            "job with update-control -c, then go back with update-control --rollback --force");
    if (is("state", "restarting"))
        throw job::NotPossible("the appliance restarts at this moment; ask again when it is back");
    // From the commit on the job no longer looks at a request to stop.
    if (phase_number_in(state) == job::number_of(job::Phase::start_services) &&
        boot_.default_slot() == running_.slot)
        throw job::Busy(
            "the new system is committed, and the upgrade is nearly at its end; go back when it has "
            "ended, with: update-control --rollback --force");
}

void Agent::go_back_to_previous_system() {
    auto facts = new_facts(std::string(job::rollback_operation), "");
    facts.new_generation = *generations_.assigned(facts.new_slot);
    facts.to_version = partitions::Generations::version_of(facts.new_generation);
    in_thread([this, facts](const std::stop_token &stop) { return runner_.start(facts, stop); });
}

job::JobFacts Agent::new_facts(const std::string &operation, const std::string &source) const {
    const auto now = clock_();
    job::JobFacts facts;
    facts.job = job_id(now);
    facts.operation = operation;
    facts.source = source;
    facts.log_file = layout_.logs / (facts.job + ".log");
    facts.started = now;
    facts.from_version = appliance_.version;
    facts.old_slot = running_.slot;
    facts.new_slot = partitions::other(running_.slot);
    facts.old_generation = generations_.of_slot(running_.slot);
    return facts;
}

void Agent::check_first(const job::JobFacts &facts) {
    try {
        checks_.before_download();
        if (facts.firmware_file.empty())
            return;
        const auto kind = storage_.kind(facts.firmware_file);
        if (kind == partitions::FileKind::directory)
            throw Refused(facts.firmware_file + " is a folder, not a firmware file",
                          "Name the file in it. See what was downloaded with: update-control -l");
        if (kind != partitions::FileKind::file)
            throw Refused("there is no firmware file " + facts.firmware_file,
                          "See what is there with: update-control -l");
        const firmware::FirmwareReader firmware(facts.firmware_file, trusted_keys_());
        checks_.of_manifest(firmware.manifest(), facts);
    } catch (const firmware::FirmwareDamaged &damage) {
        const Refused refusal(damage.what(), damage.next_step());
        record_refusal(facts, refusal);
        throw refusal;
    } catch (const Refused &refusal) {
        record_refusal(facts, refusal);
        throw;
    }
}

void Agent::record_refusal(const job::JobFacts &facts, const Refused &refusal) {
    job::Record record{.kind = job::RecordKind::job_ended};
    record.facts = facts;
    record.outcome = job::Outcome::refused;
    record.reason = refusal.what();
    record.next_step = refusal.next_step();
    observer_.job_begins(facts, false);
    try {
        journal_.begin(record);
    } catch (const partitions::StorageError &failure) {
        // What is wrong is the refusal; that it cannot be noted may have the same reason.
        observer_.event(job::Severity::warning, std::string("this cannot be noted: ") + failure.what());
    }
    observer_.job_ended(
        facts, {.outcome = job::Outcome::refused, .reason = record.reason, .next_step = record.next_step});
}

void Agent::refuse_while_running() const {
    if (!busy_)
        return;
    if (runner_.is_finishing())
        throw job::Busy(
            "the new system is committed, but what follows is not done yet (update-control -s says "
            "what). To end "
            "that job as it is: update-control -c");
    const auto state = status_.state();
    throw job::Busy("another job is running, in phase " + std::to_string(phase_number_in(state)) +
                    " of 10; watch it with: update-control -f");
}

void Agent::in_thread(std::function<job::JobRunner::End(std::stop_token)> work) {
    busy_ = true;
    cancelled_ = false;
    job_ = std::jthread([this, work = std::move(work)](const std::stop_token &stop) {
        auto end = job::JobRunner::End::ended;
        try {
            end = work(stop);
        } catch (const std::exception &failure) {
            // Not even the journal could be written. What is on the disk is what the next start of the agent
            // sees.
            observer_.event(job::Severity::error,
                            std::string("the job cannot go on: ") + failure.what() +
                                "; restart the appliance, it then comes back as its journal says");
            observer_.given_up(failure.what());
        }
        busy_ = end == job::JobRunner::End::restarting;
    });
}

} // namespace updater::agent
