#include "updater/fetch/order_answer.hpp"

#include <chrono>
#include <string>

namespace updater::fetch {

namespace {

using AnswerClock = std::chrono::steady_clock;

/// The time that the sink takes is not counted as update-fetch's.
void deliver(const Conversation::Message &message, const firmware::ByteSource::Sink &sink,
             AnswerWatch &watch) {
    const std::uint64_t place = read_place(message.contents);
    const auto bytes = message.contents.subspan(place_bytes);
    const auto before = AnswerClock::now();
    watch.bytes_came(bytes.size(), before);
    sink(place, bytes);
    watch.not_waited(AnswerClock::now() - before);
}

void take_report(const Conversation::Message &message, const std::function<void(const std::string &)> &report,
                 AnswerWatch &watch) {
    watch.report_came();
    if (message.contents.size() > max_line_bytes)
        throw ConversationFailed("it sent a line of " + std::to_string(message.contents.size()) +
                                 " bytes where " + std::to_string(max_line_bytes) + " are allowed");
    if (report)
        report(line_of(message.text()));
}

} // namespace

OrderDone answer_of(Conversation &fetcher, AnswerWatch watch, const firmware::ByteSource::Sink &sink,
                    const std::function<void(const std::string &)> &report, const std::stop_token &stop) {
    for (;;) {
        const auto message = fetcher.receive(max_answer_bytes, watch.deadline(AnswerClock::now()), stop);
        if (!message)
            throw ConversationFailed("it ended in the middle of its work");
        switch (message->kind) {
        case fetch_message::bytes:
            deliver(*message, sink, watch);
            break;
        case fetch_message::report:
            take_report(*message, report, watch);
            break;
        case fetch_message::done:
            return read_order_done(message->text());
        case fetch_message::failed:
            throw_failure(message->text());
        default:
            throw ConversationFailed("it sent a message of an unknown kind");
        }
    }
}

} // namespace updater::fetch
