// Answers "can this firmware be installed, and what would happen": runs the checks when asked, in a thread of
// its own, and keeps what they found. Begins no job and changes nothing; also possible while a job runs.
#pragma once

#include "updater/checks/finding.hpp"
#include "updater/firmware/manifest.hpp"
#include "updater/job/install_options.hpp"
#include "updater/text/local_time.hpp"

#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace updater::agent {

/// What a check has brought to light.
struct CheckResults {
    checks::Findings findings;
    std::optional<firmware::Manifest> manifest; ///< verified; none if the firmware could not be read
};

/// What is asked for: `source` is "" (what an installation would take), an absolute path or an https URL; by
/// `force` also a version that failed before.
struct Wanted {
    std::string source;
    bool force = false;
};

/// Thread-safe.
class FirmwareCheck {
  public:
    /// Adds what it finds to `results`.
    using Checks =
        std::function<void(const Wanted &wanted, CheckResults &results, const std::stop_token &stop)>;

    /// What an installation of this would do: the member `forecast` of the document. What it throws is shown.
    using Forecast = std::function<nlohmann::json(
        const std::string &source, const job::InstallOptions &options, const std::stop_token &stop)>;

    FirmwareCheck(Checks checks, text::Clock clock, Forecast forecast = nullptr);
    /// Ends a check that runs, and waits for it.
    ~FirmwareCheck() { end(); }
    FirmwareCheck(const FirmwareCheck &) = delete;
    FirmwareCheck &operator=(const FirmwareCheck &) = delete;

    /// Begins a check and returns its number, which rises by one with each; document() shows when it has
    /// ended. Throws job::Busy while one runs.
    std::uint64_t begin(const std::string &source) {
        return begin_with({.source = source},
                          [](const std::stop_token &) { return nlohmann::json(nullptr); });
    }
    /// The same, and forecasts after the checks what an installation would do, with these options.
    std::uint64_t begin_dry_run(const std::string &source, const job::InstallOptions &options);
    /// Ends a check that runs, and waits for it. None begins afterwards.
    void end();

    /// The checks document (format 1, updater/bus/interface.md): "checking"; "number", "source", "began" and
    /// "ended" of the last check, null before the first, "ended" also while it runs; "results"; of the
    /// firmware's manifest "version", "release_notes" and "license", null if it could not be read.
    nlohmann::json document() const;

  private:
    using BoundForecast = std::function<nlohmann::json(const std::stop_token &stop)>;

    std::uint64_t begin_with(const Wanted &wanted, BoundForecast forecast);
    void run(const Wanted &wanted, const BoundForecast &forecast, const std::stop_token &stop);

    Checks checks_;
    text::Clock clock_;
    Forecast forecast_;

    mutable std::mutex mutex_; ///< for all below
    bool checking_ = false;
    bool ended_for_good_ = false;
    std::uint64_t number_ = 0; ///< of the last one
    std::string source_;       ///< as it may be shown
    std::optional<std::chrono::system_clock::time_point> began_;
    std::optional<std::chrono::system_clock::time_point> ended_;
    CheckResults results_;          ///< of the last check that ended
    nlohmann::json forecast_found_; ///< null: none was asked for
    std::jthread thread_;
};

} // namespace updater::agent
