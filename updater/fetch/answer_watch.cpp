#include "updater/fetch/answer_watch.hpp"

namespace updater::fetch {

namespace {

/// The same limit as in http_source.hpp, so that update-fetch fails first and with a better message.
constexpr std::uint64_t min_bytes_per_second = 100;

/// update-fetch waits at least half a second between two tries, and longer each time without progress.
constexpr std::size_t max_reports_without_progress = 1000;

} // namespace

std::chrono::milliseconds patience_with(const download::Connection &connection,
                                        std::chrono::milliseconds grace) {
    return connection.give_up_time + connection.connect_time + connection.stall_time + grace;
}

AnswerWatch::AnswerWatch(const download::Connection &connection, std::chrono::milliseconds patience, Time now)
    : patience_(patience),
      progress_(min_bytes_per_second * static_cast<std::uint64_t>(connection.stall_time.count())) {
    progress_.restart(now);
}

AnswerWatch::AnswerWatch(Time until) : until_(until), progress_(0) {}

Conversation::Deadline AnswerWatch::deadline(Time now) const {
    return until_ ? *until_ : now + patience_ - progress_.waiting(now);
}

void AnswerWatch::bytes_came(std::size_t bytes, Time now) {
    if (bytes == 0)
        throw ConversationFailed("it sent a message without contents");
    if (progress_.received(bytes, now))
        reports_ = 0;
}

void AnswerWatch::not_waited(std::chrono::nanoseconds time) {
    progress_.not_waited(time);
}

void AnswerWatch::report_came() {
    if (++reports_ > max_reports_without_progress)
        throw ConversationFailed("it sends reports without end, and nothing else");
}

} // namespace updater::fetch
