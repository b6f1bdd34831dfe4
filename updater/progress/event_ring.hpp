// The last events of the agent, for GetEvents. Not thread-safe: JobStatus locks.
#pragma once

#include "updater/progress/event.hpp"

#include <cstdint>
#include <deque>
#include <nlohmann/json.hpp>

namespace updater::progress {

class EventRing {
  public:
    static constexpr std::size_t max_events = 2000;

    /// Gives the event the next sequence: it rises by one, and a new agent begins at 1.
    void add(Event event);

    /// The event document, format 1: those with a sequence greater than `after` that the ring still holds.
    nlohmann::json document(std::uint64_t after) const;

  private:
    std::deque<Event> events_;
    std::uint64_t last_sequence_ = 0;
};

} // namespace updater::progress
