#include "updater/control/rescue_actions.hpp"

#include "updater/control/documents.hpp"
#include "updater/control/report_lines.hpp"
#include "updater/control/watch_pause.hpp"
#include "updater/control/yes_question.hpp"

#include <chrono>
#include <functional>

namespace updater::control {

using nlohmann::json;

namespace {

json rescue_of(const json &state) {
    const json rescue = state.value("rescue", json());
    return rescue.is_object() ? rescue : json::object();
}

/// Asks again until it says that nothing is being done any more, and tells each tenth of the way.
ExitCode wait_until(const std::function<json()> &ask, const std::function<bool(const json &)> &is_done,
                    Display &display) {
    constexpr std::chrono::milliseconds poll_interval{500};
    WatchPause pause;
    std::int64_t told_tenth = 0;
    for (;;) {
        const json document = ask();
        if (is_done(document))
            return ExitCode::done;
        if (const auto tenth = number_at(document, "percent") / 10; tenth > told_tenth) {
            told_tenth = tenth;
            display.text(std::to_string(tenth * 10) + " %\n");
        }
        if (const auto stopped = pause.wait(poll_interval))
            return *stopped;
    }
}

json slots_of(const json &verification) {
    const json slots = verification.value("slots", json::array());
    return slots.is_array() ? slots : json::array();
}

std::string what_is_held(const json &rescue) {
    const std::string version = or_else(text_at(rescue, "version"), "unknown");
    if (!rescue.value("bootable", false))
        return "nothing that can be started";
    if (text_at(rescue, "holds") != "rescue copy")
        return text_at(rescue, "holds") + ", version " + version;
    const std::string made = readable_time(text_at(rescue, "made"));
    return "a copy of the running system, version " + version + (made.empty() ? "" : ", made " + made);
}

std::string what_comes(const json &rescue) {
    if (text_at(rescue, "state") == "copying")
        return "the running system is being copied, " + std::to_string(number_at(rescue, "percent")) + " %";
    if (text_at(rescue, "state") == "restarting")
        return "the appliance restarts into it";
    if (text_at(rescue, "state") == "restoring")
        return "being compared with what was signed, " + std::to_string(number_at(rescue, "percent")) +
               " %; then the appliance restarts into it";
    if (text_at(rescue, "state") == "verifying")
        return "being compared with what was signed, " + std::to_string(number_at(rescue, "percent")) + " %";
    const std::string next = readable_time(text_at(rescue, "next"));
    if (!next.empty())
        return "a copy of the running system is made after " + next;
    return rescue.value("bootable", false) ? std::string()
                                           : "to copy the running system: update-control --backup";
}

} // namespace

std::string rescue_report(const json &state) {
    const json rescue = rescue_of(state);
    if (!rescue.contains("bootable"))
        return {};
    std::string report =
        field("Rescue", "slot " + or_else(text_at(rescue, "slot"), "unknown") + ": " + what_is_held(rescue));
    if (const std::string coming = what_comes(rescue); !coming.empty())
        report += field("", coming);
    if (const std::string problem = text_at(rescue, "problem"); !problem.empty())
        report += field("", problem);
    return report;
}

std::string verification_report(const json &verification) {
    std::string report;
    for (const json &slot : slots_of(verification)) {
        const std::string result = text_at(slot, "result");
        report += std::string(result == "as-signed" ? "PASS    "
                              : result == "unknown" ? "SKIP    "
                                                    : "FAIL    ") +
                  text_at(slot, "text") + "\n";
        if (const std::string advice = text_at(slot, "advice"); !advice.empty())
            report += "        -> " + advice + "\n";
    }
    if (const std::string problem = text_at(verification, "problem"); !problem.empty())
        report += "FAIL    " + problem + "\n";
    if (exit_code_of_verification(verification) == ExitCode::differs)
        report += "A partition that differs can fail when it is started. More about it: man update-control\n";
    return report;
}

ExitCode exit_code_of_verification(const json &verification) {
    auto code = ExitCode::done;
    for (const json &slot : slots_of(verification)) {
        const std::string result = text_at(slot, "result");
        // An agent of another release may know other results: they may mean that something is wrong.
        if (result != "as-signed" && result != "unknown")
            return ExitCode::differs;
        if (result == "unknown")
            code = ExitCode::warned;
    }
    return text_at(verification, "problem").empty() ? code : ExitCode::failed;
}

ExitCode verify(const CommandLine &line, Client &client, Display &display) {
    client.verify(line.source);
    if (!line.wait) {
        display.text("The partitions are being compared; see how far it is with: update-control -s\n");
        return ExitCode::done;
    }
    std::string document;
    const auto ask = [&] {
        document = client.verification();
        json verification = read_document(document);
        if (text_at(verification, "began").empty())
            throw AgentUnreachable(
                "the agent was restarted while it compared; nothing was changed. Ask again "
                "with: update-control --verify");
        return verification;
    };
    const auto is_done = [](const json &verification) { return !verification.value("verifying", false); };
    if (const auto code = wait_until(ask, is_done, display); code != ExitCode::done)
        return code;
    const json verification = read_document(document);
    display.text(verification_report(verification));
    display.document(document);
    return exit_code_of_verification(verification);
}

namespace {

std::string text_before_restore(const json &copy) {
    const std::string made = readable_time(text_at(copy, "made"));
    return "Slot " + text_at(copy, "slot") + " holds a copy of the running system, version " +
           text_at(copy, "version") + (made.empty() ? "" : ", made " + made) +
           ".\nIt is compared with what was signed first. Then the appliance restarts into it, which stops "
           "mail for "
           "a few minutes.\nSettings, mail and everything else on /data stay as they are; what runs now "
           "becomes "
           "the copy.\n";
}

/// Until the appliance restarts or the agent gives up.
ExitCode wait_for_restart(Client &client, Display &display) {
    std::string document;
    try {
        const auto ask = [&] {
            document = client.state();
            return rescue_of(read_document(document));
        };
        const auto is_done = [](const json &rescue) { return text_at(rescue, "state") != "restoring"; };
        if (const auto code = wait_until(ask, is_done, display); code != ExitCode::done)
            return code;
    } catch (const AgentUnreachable &) {
        // It restarts the machine and ends with it.
        display.text("The agent has ended: the appliance restarts.\n");
        return ExitCode::restarting;
    }
    const json rescue = rescue_of(read_document(document));
    display.document(document);
    if (text_at(rescue, "state") == "restarting") {
        display.text("The appliance restarts into the copy. See it when it is back: update-control -s\n");
        return ExitCode::restarting;
    }
    display.text(or_else(text_at(rescue, "problem"), "The rescue copy was not started.") + "\n");
    return ExitCode::failed;
}

} // namespace

ExitCode restore(const CommandLine &line, Client &client, Display &display,
                 const Surroundings &surroundings) {
    const std::string copy = client.restore_copy(false);
    display.text(text_before_restore(read_document(copy)));
    if (const auto ended = end_unless_yes(
            {"Restart into the copy?", "Nothing was changed", "To do it: update-control --restore --yes"},
            copy, line, display, surroundings))
        return *ended;
    client.restore_copy(true);
    if (line.wait)
        return wait_for_restart(client, display);
    display.text("The copy is being compared; see how far it is with: update-control -s\n");
    display.document(client.state());
    return ExitCode::done;
}

ExitCode back_up(const CommandLine &line, Client &client, Display &display) {
    client.back_up(line.force);
    display.text("The running system is being copied to the rescue partition.\n");
    if (!line.wait) {
        display.text("See how far it is with: update-control -s\n");
        display.document(client.state());
        return ExitCode::done;
    }
    std::string document;
    const auto ask = [&] {
        document = client.state();
        return rescue_of(read_document(document));
    };
    const auto is_done = [](const json &rescue) { return text_at(rescue, "state") != "copying"; };
    if (const auto code = wait_until(ask, is_done, display); code != ExitCode::done)
        return code;
    const json state = read_document(document);
    display.text(rescue_report(state));
    display.document(document);
    return text_at(rescue_of(state), "problem").empty() ? ExitCode::done : ExitCode::failed;
}

} // namespace updater::control
