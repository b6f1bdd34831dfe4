#include "updater/hawkbit/bus_agent.hpp"

#include "updater/bus/bus_names.hpp"
#include "updater/cancelled.hpp"
#include "updater/control/documents.hpp"
#include "updater/hawkbit/agent_documents.hpp"

#include <chrono>
#include <thread>

namespace updater::hawkbit {

namespace {

std::string one_line(std::string text) {
    for (char &letter : text)
        if (letter == '\n')
            letter = ' ';
    return text;
}

/// What the agent's errors mean to the client.
template <typename Call> auto asking(const Call &call) {
    try {
        return call();
    } catch (const control::AgentLimitsCalls &error) {
        throw AgentAway(error.what());
    } catch (const control::AgentError &error) {
        const std::string busy = std::string(bus::agent_error_prefix) + "Busy";
        if (error.name() == busy)
            throw AgentBusy(one_line(error.what()));
        throw AgentRefuses(one_line(error.what()));
    } catch (const control::AgentUnreachable &error) {
        throw AgentAway(error.what());
    } catch (const control::UnknownDocument &error) {
        throw AgentAway(error.what());
    }
}

/// For a question, every error means that there is no answer.
template <typename Call> auto reading(const Call &call) {
    try {
        return asking(call);
    } catch (const AgentBusy &error) {
        throw AgentAway(error.what());
    } catch (const AgentRefuses &error) {
        throw AgentAway(error.what());
    }
}

} // namespace

AgentState BusAgent::state() {
    return reading([this] { return read_state(client_.state()); });
}

AgentFirmware BusAgent::firmware() {
    return reading([this] { return read_firmware(client_.firmware()); });
}

std::vector<EndedJob> BusAgent::history() {
    return reading([this] { return read_history(client_.history()); });
}

void BusAgent::refresh() {
    using namespace std::chrono_literals;
    constexpr int max_looks = 600;
    try {
        asking([this] { client_.check(true); });
    } catch (const AgentRefuses &) {
        return; // without a feed; what is known of firmware says so
    }
    for (int look = 0; look < max_looks; ++look) {
        if (!reading([this] { return is_checking(client_.firmware()); }))
            return;
        if (stop_.stop_requested())
            throw Cancelled();
        std::this_thread::sleep_for(500ms);
    }
}

std::string BusAgent::install(const std::string &source) {
    return asking([&] { return client_.install(source, {}); });
}

std::string BusAgent::download(const std::string &source) {
    return asking([&] { return client_.download(source); });
}

void BusAgent::cancel() {
    asking([this] { client_.cancel(); });
}

} // namespace updater::hawkbit
