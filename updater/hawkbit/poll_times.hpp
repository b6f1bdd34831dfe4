// When the server is asked next. No clock, no waiting.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace updater::hawkbit {

struct PollBounds {
    std::chrono::seconds min{30};
    std::chrono::seconds max{std::chrono::hours(24)};
};

class PollTimes {
  public:
    /// `interval`: the last one that the server gave, 0 if none is known. `seed`: different on each
    /// appliance, so that many don't ask at the same moment.
    PollTimes(const PollBounds &bounds, std::chrono::seconds interval, std::uint32_t seed);

    /// The server's interval, within the bounds. Holds until the server says another one.
    void server_says(std::chrono::seconds interval);
    std::chrono::seconds interval() const { return interval_; }

    /// All return how long to wait. Those after an answer are up to a tenth shorter than the interval.
    std::chrono::milliseconds after_answer();
    /// Doubles from failure to failure, up to the interval or a quarter of an hour, whichever is longer.
    std::chrono::milliseconds after_failure(std::chrono::seconds retry_after);
    /// The server doesn't let us in: only people can help, so slowly.
    std::chrono::milliseconds after_denial();
    /// After an answer, when something is to be told or asked at once. Of two in a row the second waits for
    /// the shortest interval, so that a server with something new at each poll doesn't keep us busy.
    std::chrono::milliseconds soon();

  private:
    std::chrono::milliseconds shortened(std::chrono::milliseconds time);

    const PollBounds bounds_;
    std::chrono::seconds interval_;
    int failures_ = 0;
    bool was_soon_ = false;
    std::minstd_rand random_;
};

} // namespace updater::hawkbit
