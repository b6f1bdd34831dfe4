#include "updater/health/secure_shell.hpp"

#include "updater/cancelled.hpp"
#include "updater/network/listeners.hpp"

#include <algorithm>
#include <charconv>

namespace updater::health {
namespace {

constexpr const char *sshd_program = "/usr/sbin/sshd";
constexpr std::chrono::minutes time_to_tell(1);
constexpr std::chrono::seconds time_to_greet(5);

} // namespace

bool parse_listen_address(std::string_view line, network::Endpoint &endpoint) {
    constexpr std::string_view word = "listenaddress ";
    if (!line.starts_with(word))
        return false;
    line.remove_prefix(word.size());
    line = line.substr(0, line.find(' ')); // a routing domain follows
    const auto colon = line.rfind(':');
    if (colon == std::string_view::npos)
        return false;
    auto address = line.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']'))
        address = address.substr(1, address.size() - 2);
    const auto port = line.substr(colon + 1);
    const auto [rest, error] = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
    endpoint.address = network::reachable_address(address);
    return error == std::errc() && rest == port.data() + port.size() && endpoint.port != 0;
}

std::vector<network::Endpoint> ssh_endpoints_that_answer(hooks::runner::HookRunner &programs,
                                                         network::GreetingProbe &probe,
                                                         std::stop_token stop) {
    hooks::runner::HookCall call;
    call.program = sshd_program;
    call.arguments = {"-T"};
    call.time_limit = time_to_tell;
    call.private_network = false;
    call.protect_system = false;
    std::vector<network::Endpoint> endpoints;
    const auto result = programs.run(
        call, [](int, std::string_view) {},
        [&](std::string_view line) {
            network::Endpoint endpoint;
            if (parse_listen_address(line, endpoint) &&
                std::ranges::find(endpoints, endpoint) == endpoints.end())
                endpoints.push_back(std::move(endpoint));
        },
        stop);
    if (result.stopped)
        throw Cancelled();
    std::erase_if(endpoints, [&](const network::Endpoint &one) { return !why_no_ssh(probe, one).empty(); });
    return endpoints;
}

std::string why_no_ssh(network::GreetingProbe &probe, const network::Endpoint &endpoint) {
    const auto greeting = probe.greeting_of(endpoint, time_to_greet);
    if (greeting.line.starts_with("SSH-"))
        return "";
    return greeting.line.empty() ? greeting.failure : "something else answers: " + greeting.line;
}

} // namespace updater::health
