// update-agent-check: answers a load balancer's question whether this node wants mail with one line, from the
// agent's state (update-agent-check.socket). Reads nothing from whoever asks, and changes nothing.
#include "updater/control/agent_check.hpp"
#include "updater/control/client.hpp"
#include "updater/control/documents.hpp"

#include <chrono>
#include <exception>
#include <iostream>

namespace {

/// Balancers wait for a few seconds at most.
constexpr std::chrono::seconds time_to_answer{2};

std::string line_to_tell() {
    using namespace updater::control;
    try {
        return agent_check_line(read_document(Client().state(time_to_answer)));
    } catch (const AgentLimitsCalls &failure) {
        std::cerr << failure.what() << '\n';
        return agent_check_line_of_busy_agent();
    } catch (const std::exception &failure) {
        std::cerr << failure.what() << '\n';
        return agent_check_line_without_agent();
    }
}

} // namespace

int main(int argument_count, char **) {
    if (argument_count > 1) {
        std::cerr << "update-agent-check takes no arguments; systemd starts it: systemctl enable --now "
                     "update-agent-check.socket\n";
        return 2;
    }
    std::cout << line_to_tell() << std::flush;
    return std::cout ? 0 : 1;
}
