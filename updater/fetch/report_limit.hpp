// Limits the lines for people that are accepted from an untrusted program. No network, no clock of its own.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace updater::fetch {

/// Passes on the first few lines at once, later ones at a pace at which somebody can read them, and max_lines
/// in total. A line after omitted ones says how many were omitted. For one thread.
class ReportLimit {
  public:
    using Report = std::function<void(const std::string &line)>;
    using Time = std::chrono::steady_clock::time_point;
    using Now = std::function<Time()>;

    static constexpr std::size_t lines_at_once = 20;
    static constexpr std::chrono::seconds between_lines{30};
    static constexpr std::size_t max_lines = 300;

    /// `report` may be empty.
    explicit ReportLimit(Report report, Now now = std::chrono::steady_clock::now);

    void operator()(const std::string &line);

  private:
    Report report_;
    Now now_;
    std::size_t allowed_ = lines_at_once;
    Time earned_; ///< when the allowance was last increased
    std::size_t passed_on_ = 0;
    std::size_t left_out_ = 0;
};

} // namespace updater::fetch
