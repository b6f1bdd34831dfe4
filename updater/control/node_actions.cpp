#include "updater/control/node_actions.hpp"

#include "updater/control/documents.hpp"
#include "updater/control/node_reports.hpp"
#include "updater/control/watch_pause.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace updater::control {

using nlohmann::json;

namespace {

constexpr std::chrono::milliseconds between_questions{500};
constexpr const char *how_to_resume = "To accept mail again: update-control --resume\n";

bool is_looked_at(const json &drained) {
    return !text_at(drained, "looked").empty();
}

bool is_length_known(const json &drained) {
    return drained.value("queue_length", json()).is_number();
}

bool is_queue_empty(const json &drained) {
    return is_looked_at(drained) && is_length_known(drained) && number_at(drained, "queue_length") == 0 &&
           number_at(drained, "connections") == 0;
}

/// Nothing more will be known by waiting longer.
bool is_decided(const json &drained, bool time_is_over) {
    return drained.empty() || is_queue_empty(drained) ||
           (is_looked_at(drained) && (time_is_over || !is_length_known(drained)));
}

/// Returns the exit code if a signal arrives.
std::optional<ExitCode> wait_for_queue(std::uint64_t max_wait_seconds, Client &client) {
    // The program that lists the queue has a minute.
    constexpr std::chrono::seconds for_a_first_look{90};
    const auto began = std::chrono::steady_clock::now();
    const auto over = began + std::chrono::seconds(max_wait_seconds);
    WatchPause pause;
    for (;;) {
        const auto now = std::chrono::steady_clock::now();
        if (is_decided(drained_in(read_document(client.state())), now >= over) ||
            now >= over + for_a_first_look)
            return std::nullopt;
        if (const auto stopped = pause.wait(between_questions))
            return stopped;
    }
}

ExitCode tell_of_queue(const json &queue, std::uint64_t waited_seconds, Display &display) {
    const json drained = drained_in(queue);
    if (drained.empty()) {
        display.text("Mail was resumed by somebody else meanwhile: it is accepted.\n");
        return ExitCode::failed;
    }
    if (is_queue_empty(drained)) {
        display.text(std::string("No mail from outside is accepted any more, and the queue is empty.\n") +
                     how_to_resume);
        return ExitCode::done;
    }
    display.text("No mail from outside is accepted any more, but after " + std::to_string(waited_seconds) +
                 " s " + queue_text(drained) + ".\n" + queue_report(queue) +
                 "What waits is tried again; to wait longer, repeat the command. " + how_to_resume);
    return is_looked_at(drained) && is_length_known(drained) ? ExitCode::queue_not_empty : ExitCode::failed;
}

/// The end of the work with this number.
ExitCode finish(Client &client, Display &display, std::uint64_t number) {
    WatchPause pause;
    for (;;) {
        const std::string document = client.node();
        const json node = read_document(document);
        const json last = node.value("last", json());
        const auto is_ours = [number](const json &work) {
            return work.is_object() && static_cast<std::uint64_t>(number_at(work, "number")) == number;
        };
        if (is_ours(last)) {
            const auto seconds = last.value("seconds", json());
            display.text(text_at(last, "text") + "\n");
            if (seconds.is_number())
                display.text("It took " +
                             std::to_string(std::chrono::milliseconds(
                                                static_cast<std::int64_t>(seconds.get<double>() * 1000.0))
                                                .count()) +
                             " ms.\n");
            display.document(document);
            return text_at(last, "result") == "done" ? ExitCode::done : ExitCode::failed;
        }
        if (!is_ours(node.value("working", json())))
            throw AgentUnreachable("the agent was restarted or has done something else meanwhile; what "
                                   "became of it is not known. Ask again");
        if (const auto stopped = pause.wait(between_questions))
            return *stopped;
    }
}

} // namespace

ExitCode drain(const CommandLine &line, Client &client, Display &display) {
    client.drain(line.keep_over_restart, line.wait ? line.max_wait_seconds : 0);
    if (!line.wait) {
        display.text(
            std::string("No mail from outside is accepted any more; what waits in the queue is tried "
                        "now. See how much is left: update-control -s\n") +
            how_to_resume);
        display.document(client.state());
        return ExitCode::done;
    }
    if (const auto stopped = wait_for_queue(line.max_wait_seconds, client))
        return *stopped;
    const std::string document = client.queue();
    const ExitCode code = tell_of_queue(read_document(document), line.max_wait_seconds, display);
    display.document(document);
    return code;
}

ExitCode resume(Client &client, Display &display) {
    const bool was_drained = !drained_in(read_document(client.state())).empty();
    client.resume();
    display.text(was_drained ? "Mail from outside is accepted again.\n"
                             : "Mail was not stopped on request; nothing was changed.\n");
    display.document(client.state());
    return ExitCode::done;
}

ExitCode role(const CommandLine &line, Client &client, Display &display) {
    return finish(client, display, client.role(line.source));
}

ExitCode test_message(Client &client, Display &display) {
    return finish(client, display, client.test_message());
}

} // namespace updater::control
