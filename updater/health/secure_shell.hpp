// Where sshd answers: asked before the upgrade, and again of the new system. Without it nobody gets in when
// something else goes wrong.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "updater/network/greeting_probe.hpp"

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace updater::health {

/// Where a line of `sshd -T` makes sshd listen, seen from this machine: "listenaddress [::]:22" is "::1", 22.
/// False for any other line.
bool parse_listen_address(std::string_view line, network::Endpoint &endpoint);

/// Where sshd of the running system should listen by its settings and does greet as SSH does; none when it is
/// not there or does not answer. @throws hooks::runner::HookRunnerError, Cancelled.
std::vector<network::Endpoint> ssh_endpoints_that_answer(hooks::runner::HookRunner &programs,
                                                         network::GreetingProbe &probe, std::stop_token stop);

/// Empty, or why nobody greets as SSH does there.
std::string why_no_ssh(network::GreetingProbe &probe, const network::Endpoint &endpoint);

} // namespace updater::health
