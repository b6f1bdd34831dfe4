#include "updater/progress/timetable.hpp"

#include <algorithm>

namespace updater::progress {

namespace {

using Seconds = std::chrono::duration<double>;

/// What is left of a phase when its percent was told. In the beginning the prediction says most, towards its
/// predicted end the percent does. An estimate says less than the percent from the beginning.
Seconds left_of(const job::PhasePrediction &phase, Seconds elapsed, int percent) {
    const Seconds predicted = phase.takes;
    const Seconds by_percent = predicted * (100 - percent) / 100;
    if (phase.by == job::PredictedBy::estimate || elapsed >= predicted)
        return by_percent;
    const double weight = elapsed / predicted;
    return (predicted - elapsed) * (1 - weight) + by_percent * weight;
}

} // namespace

void Timetable::phase(job::Phase phase, Time now) {
    if (phase_ == phase)
        return;
    phase_ = phase;
    begun_ = now;
    told_ = now;
    percent_ = 0;
}

void Timetable::percent(int percent, Time now) {
    if (percent <= percent_)
        return;
    percent_ = std::min(percent, 100);
    told_ = now;
}

job::Prediction::const_iterator Timetable::running() const {
    return std::ranges::find_if(prediction_, [this](const auto &each) { return each.phase == phase_; });
}

std::optional<Timetable::Times> Timetable::at(Time now) const {
    const auto phase = running();
    if (phase == prediction_.end())
        return std::nullopt;
    // The clock may have been set back.
    const Seconds elapsed = std::max(Seconds(0), Seconds(told_ - begun_));
    const Time predicted_end =
        std::min(told_, now) + std::chrono::round<Time::duration>(left_of(*phase, elapsed, percent_));
    Time time = std::max(now, predicted_end);
    Times times;
    for (auto next = phase; next != prediction_.end(); ++next) {
        if (next != phase) {
            if (!job::mail_flows_in(next->phase) && !times.mail_stops && job::mail_flows_in(phase->phase))
                times.mail_stops = time;
            time += next->takes;
        }
        if (!job::mail_flows_in(next->phase))
            times.mail_flows = time;
    }
    times.end = time;
    times.left = std::chrono::duration_cast<std::chrono::milliseconds>(time - now);
    return times;
}

} // namespace updater::progress
