#include "updater/services/mail_gate.hpp"

#include <thread>

namespace updater::services {

std::string open_and_tell(MailGate &gate) {
    gate.open();
    return gate.is_closed()
               ? "mail from outside stays refused: it was stopped on request; to accept it again: "
                 "update-control --resume"
               : "mail from outside is accepted again";
}

std::size_t wait_for_senders(MailGate &gate, const std::vector<std::uint16_t> &ports,
                             std::chrono::seconds max_time, const std::stop_token &stop) {
    const auto deadline = std::chrono::steady_clock::now() + max_time;
    std::size_t connected = gate.open_connections(ports);
    while (connected > 0 && !stop.stop_requested() && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        connected = gate.open_connections(ports);
    }
    return connected;
}

} // namespace updater::services
