#include "updater/agent/firmware_check.hpp"

#include "updater/download/shown_url.hpp"
#include "updater/job/job_requests.hpp"
#include "updater/text/clean_text.hpp"

#include <utility>

namespace updater::agent {

namespace {

nlohmann::json time_or_null(const std::optional<std::chrono::system_clock::time_point> &time) {
    return time ? nlohmann::json(text::iso_time(*time)) : nlohmann::json(nullptr);
}

} // namespace

FirmwareCheck::FirmwareCheck(Checks checks, text::Clock clock)
    : checks_(std::move(checks)), clock_(std::move(clock)) {}

void FirmwareCheck::begin(const std::string &source) {
    std::jthread before;
    const std::lock_guard lock(mutex_);
    if (ended_for_good_)
        throw job::NotPossible("the update agent ends at this moment; ask again when it is back");
    if (checking_)
        throw job::Busy("firmware is being checked already; ask again when that has ended");
    // First, because it may fail. It shows nothing before this lock is released.
    before = std::exchange(thread_,
                           std::jthread([this, source](const std::stop_token &stop) { run(source, stop); }));
    checking_ = true;
    source_ = source.starts_with("https://") ? download::url_to_show(source) : text::clean_text(source);
    began_ = clock_();
    ended_.reset();
    findings_ = {};
}

void FirmwareCheck::end() {
    std::jthread thread;
    {
        const std::lock_guard lock(mutex_);
        ended_for_good_ = true;
        thread = std::exchange(thread_, {});
    }
    thread.request_stop();
}

nlohmann::json FirmwareCheck::document() const {
    const std::lock_guard lock(mutex_);
    return {{"format", 1},
            {"checking", checking_},
            {"source", began_ ? nlohmann::json(source_) : nlohmann::json(nullptr)},
            {"began", time_or_null(began_)},
            {"ended", time_or_null(ended_)},
            {"results", checks::to_json(findings_)}};
}

void FirmwareCheck::run(const std::string &source, const std::stop_token &stop) {
    checks::Findings findings;
    try {
        checks_(source, findings, stop);
    } catch (const std::exception &failure) {
        findings.add({"checks", checks::Verdict::fail,
                      std::string("the checks ended early: ") + failure.what(),
                      "See the agent's own messages: journalctl -u update-agent"});
    }
    const std::lock_guard lock(mutex_);
    findings_ = std::move(findings);
    ended_ = clock_();
    checking_ = false;
}

} // namespace updater::agent
