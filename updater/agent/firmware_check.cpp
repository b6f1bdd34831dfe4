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

/// The texts of the manifest have line breaks and tabs, and no other control characters: see
/// parse_manifest().
void add_what_the_vendor_says(nlohmann::json &document, const std::optional<firmware::Manifest> &manifest) {
    const auto text_or_null = [&](const std::string &text) {
        return manifest ? nlohmann::json(text) : nlohmann::json(nullptr);
    };
    const firmware::Manifest &said = manifest ? *manifest : firmware::Manifest{};
    document["version"] = text_or_null(said.version.text());
    document["release_notes"] = text_or_null(said.release_notes);
    document["license"] = text_or_null(said.license);
}

} // namespace

FirmwareCheck::FirmwareCheck(Checks checks, text::Clock clock, Forecast forecast)
    : checks_(std::move(checks)), clock_(std::move(clock)), forecast_(std::move(forecast)) {}

std::uint64_t FirmwareCheck::begin_dry_run(const std::string &source, const job::InstallOptions &options) {
    return begin_with({source, options.force},
                      [this, source, options](const std::stop_token &stop) -> nlohmann::json {
                          try {
                              return forecast_(source, options, stop);
                          } catch (const std::exception &failure) {
                              return {{"problem", text::clean_text(failure.what())}};
                          }
                      });
}

std::uint64_t FirmwareCheck::begin_with(const Wanted &wanted, BoundForecast forecast) {
    std::jthread before;
    const std::lock_guard lock(mutex_);
    if (ended_for_good_)
        throw job::NotPossible("the update agent ends at this moment; ask again when it is back");
    if (checking_)
        throw job::Busy("firmware is being checked already; ask again when that has ended");
    // First, because it may fail. It shows nothing before this lock is released.
    before = std::exchange(
        thread_, std::jthread([this, wanted, forecast = std::move(forecast)](const std::stop_token &stop) {
            run(wanted, forecast, stop);
        }));
    checking_ = true;
    source_ = wanted.source.starts_with("https://") ? download::url_to_show(wanted.source)
                                                    : text::clean_text(wanted.source);
    began_ = clock_();
    ended_.reset();
    results_ = {};
    forecast_found_ = nullptr;
    return ++number_;
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
    nlohmann::json document = {{"format", 1},
                               {"checking", checking_},
                               {"number", began_ ? nlohmann::json(number_) : nlohmann::json(nullptr)},
                               {"source", began_ ? nlohmann::json(source_) : nlohmann::json(nullptr)},
                               {"began", time_or_null(began_)},
                               {"ended", time_or_null(ended_)},
                               {"results", checks::to_json(results_.findings)},
                               {"forecast", forecast_found_}};
    add_what_the_vendor_says(document, results_.manifest);
    return document;
}

void FirmwareCheck::run(const Wanted &wanted, const BoundForecast &forecast, const std::stop_token &stop) {
    CheckResults results;
    try {
        checks_(wanted, results, stop);
    } catch (const std::exception &failure) {
        results.findings.add({"checks", checks::Verdict::fail,
                              std::string("the checks ended early: ") + failure.what(),
                              "See the agent's own messages: journalctl -u update-agent"});
    }
    nlohmann::json found = forecast(stop);
    const std::lock_guard lock(mutex_);
    results_ = std::move(results);
    forecast_found_ = std::move(found);
    ended_ = clock_();
    checking_ = false;
}

} // namespace updater::agent
