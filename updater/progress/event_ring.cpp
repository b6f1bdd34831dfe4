#include "updater/progress/event_ring.hpp"

#include "updater/text/local_time.hpp"

#include <utility>

namespace updater::progress {

using nlohmann::json;

namespace {

/// Readers of other versions depend on every name in here.
json document_of(const Event &event) {
    return {{"sequence", event.sequence},
            {"time", text::iso_time(event.time)},
            {"phase", event.phase ? job::number_of(*event.phase) : 0},
            {"phase_name", event.phase ? job::name_of(*event.phase) : ""},
            {"level", job::text_of(event.severity)},
            {"text", event.text},
            {"code", event.code}};
}

} // namespace

void EventRing::add(Event event) {
    event.sequence = ++last_sequence_;
    events_.push_back(std::move(event));
    if (events_.size() > max_events)
        events_.pop_front();
}

json EventRing::document(std::uint64_t after) const {
    json list = json::array();
    for (const Event &event : events_)
        if (event.sequence > after)
            list.push_back(document_of(event));
    return {{"format", 1}, {"events", std::move(list)}, {"last", last_sequence_}};
}

} // namespace updater::progress
