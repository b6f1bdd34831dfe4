// When a running job is expected to end, and when mail stops and flows again: a prediction, moved by what has
// happened since. Asks no clock.
#pragma once

#include "updater/job/prediction.hpp"

#include <chrono>
#include <optional>

namespace updater::progress {

class Timetable {
  public:
    using Time = std::chrono::system_clock::time_point;

    struct Times {
        Time end;
        std::chrono::milliseconds left{0};
        std::optional<Time> mail_stops; ///< nothing: it does not, or is about to or has
        std::optional<Time> mail_flows; ///< again; nothing: it does not stop
    };

    /// Also while a phase runs, if more is known.
    void predict(job::Prediction prediction) { prediction_ = std::move(prediction); }
    /// The same phase again changes nothing.
    void phase(job::Phase phase, Time now);
    /// Of the phase.
    void percent(int percent, Time now);
    /// What happens now was not predicted.
    void forget() { prediction_.clear(); }

    /// Nothing if no phase runs that was predicted. A phase that takes longer than predicted is about to end.
    std::optional<Times> at(Time now) const;

  private:
    job::Prediction::const_iterator running() const;

    job::Prediction prediction_;
    std::optional<job::Phase> phase_;
    Time begun_;
    int percent_ = 0;
    Time told_; ///< when the percent was told
};

} // namespace updater::progress
