// Where sshd answers, before the upgrade and in the new system. Without SSH nobody could log in to repair
// anything else.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "updater/network/greeting_probe.hpp"

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace updater::health {

/// The endpoint in a line of `sshd -T`, as seen from this machine: "listenaddress [::]:22" is "::1", 22.
/// False for any other line.
bool parse_listen_address(std::string_view line, network::Endpoint &endpoint);

/// The endpoints of sshd's configuration that answer with an SSH greeting; none if sshd is absent or does not
/// answer. @throws hooks::runner::HookRunnerError, Cancelled.
std::vector<network::Endpoint> ssh_endpoints_that_answer(hooks::runner::HookRunner &programs,
                                                         network::GreetingProbe &probe, std::stop_token stop);

/// Why the endpoint does not answer with an SSH greeting; empty if it does.
std::string why_no_ssh(network::GreetingProbe &probe, const network::Endpoint &endpoint);

} // namespace updater::health
