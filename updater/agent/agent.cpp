// Requests to the agent.
#include "updater/agent/agent.hpp"

#include "updater/job/job_history.hpp"

#include <exception>
#include <iostream>

namespace updater::agent {

namespace {

constexpr const char *advice_about_journal =
    "If the disk failed, repair it and restart the appliance. If a newer updater wrote the journal, start "
    "the "
    "system that it belongs to, or ask the vendor. To give up what the journal says: move "
    "/data/update-control/journal away, then systemctl restart update-agent";

} // namespace

Agent::Agent(JobThread &thread, job::Journal &journal, progress::JobStatus &status, const NewJobs &new_jobs,
             FirstChecks &first_checks, const PreviousSystem &previous,
             const available::FirmwareChoice &choice)
    : thread_(thread), journal_(journal), status_(status), new_jobs_(new_jobs), first_checks_(first_checks),
      previous_(previous), choice_(choice) {}

void Agent::pick_up() {
    const std::lock_guard lock(requests_);
    try {
        resume_what_is_open();
    } catch (const std::exception &failure) {
        // An agent that ends says nothing to whoever asks. A system on trial doesn't get stuck: nothing
        // begins its trial, and the deadline restarts it.
        journal_problem_ = std::string("the job journal cannot be read: ") + failure.what() +
                           ". No job can begin, since nobody knows what an earlier one left behind. " +
                           advice_about_journal;
        std::cerr << journal_problem_ << '\n';
        status_.problem(journal_problem_);
    }
}

void Agent::resume_what_is_open() {
    const auto contents = journal_.read();
    if (contents.records.empty())
        return;
    const auto facts = job::latest_facts(contents);
    if (contents.records.back().kind == job::RecordKind::job_ended) {
        thread_.show_earlier(facts, job::end_of_job(contents));
        return;
    }
    // Before the job's thread runs, so that the first request is not told that there is no job.
    status_.begin_job(facts);
    thread_.recover();
}

void Agent::stop() {
    const std::lock_guard lock(requests_);
    thread_.end();
}

std::string Agent::install(const std::string &source, const job::InstallOptions &options) {
    const std::lock_guard lock(requests_);
    refuse_while_running();
    auto facts = new_jobs_.facts(job::Operation::install, source);
    facts.force = options.force;
    facts.stop_on_conflict = options.stop_on_conflict;
    facts.known_conflicts = options.known_conflicts;
    choice_.resolve_source(facts, source, options.force);
    choice_.add_what_the_feed_says(facts);
    first_checks_.check(facts);
    thread_.start(facts);
    return facts.job;
}

std::string Agent::download(const std::string &source) {
    const std::lock_guard lock(requests_);
    refuse_while_running();
    auto facts =
        new_jobs_.facts(job::Operation::download, source.empty() ? choice_.newest_url(false) : source);
    if (!facts.source.starts_with("https://"))
        throw Refused("'" + facts.source + "' is not an https URL",
                      "Give the URL of a firmware file, or none.", messages::Code::no_such_firmware);
    choice_.add_what_the_feed_says(facts);
    thread_.start(facts);
    return facts.job;
}

void Agent::cancel() {
    const std::lock_guard lock(requests_);
    if (!busy())
        throw job::NotPossible("no job runs, so there is nothing to cancel");
    const int phase = number_of_running_phase();
    if (phase > job::number_of(job::Phase::install) && !thread_.is_finishing())
        throw job::NotPossible("the job is in phase " + std::to_string(phase) +
                               "; cancelling is possible in phases 1 and 2. To go back to the old version "
                               "use update-control --rollback");
    thread_.cancel();
}

void Agent::rollback(bool force) {
    const std::lock_guard lock(requests_);
    if (busy()) {
        refuse_to_roll_back_now();
        thread_.cancel();
        return;
    }
    refuse_while_running();
    const auto previous = previous_.generation(force);
    auto facts = new_jobs_.facts(job::Operation::rollback, "");
    facts.new_generation = previous;
    facts.to_version = partitions::Generations::version_of(previous);
    thread_.start(facts);
}

void Agent::while_no_job_runs(const std::function<void()> &work) {
    const std::lock_guard lock(requests_);
    refuse_while_running();
    work();
}

void Agent::restart_without_job(const std::function<void()> &work) {
    const std::lock_guard lock(requests_);
    refuse_while_running();
    work();
    restarts_ = true;
}

void Agent::refuse_to_roll_back_now() const {
    const auto running = status_.running_job();
    if (running && running->operation == job::Operation::rollback)
        throw job::Busy("a rollback is under way; watch it with: update-control -f");
    if (thread_.is_finishing())
        throw job::Busy("the new system is committed, but what follows is not done yet (update-control -s "
                        "says what); end the job with update-control -c, then go back with update-control "
                        "--rollback --force");
    if (running && running->restarting)
        throw job::NotPossible("the appliance is restarting; ask again when it is back");
    // After the commit the job ignores a request to stop.
    if (running && running->phase == job::Phase::start_services && previous_.running_is_committed())
        throw job::Busy("the new system is committed, and the upgrade is nearly at its end; go back when it "
                        "has ended, with: update-control --rollback --force");
}

void Agent::refuse_while_running() const {
    if (!journal_problem_.empty())
        throw job::NotPossible(journal_problem_);
    if (restarts_)
        throw job::NotPossible("the appliance is restarting into the rescue copy; ask again when it is back");
    if (!busy())
        return;
    if (thread_.is_finishing())
        throw job::Busy("the new system is committed, but what follows is not done yet (update-control -s "
                        "says what). To end that job as it is: update-control -c");
    throw job::Busy("another job is running, in phase " + std::to_string(number_of_running_phase()) +
                    " of 10; watch it with: update-control -f");
}

int Agent::number_of_running_phase() const {
    const auto running = status_.running_job();
    return running && running->phase ? job::number_of(*running->phase) : 0;
}

} // namespace updater::agent
