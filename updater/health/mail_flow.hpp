// Whether mail flows now, judged by the mail gate, the units and the listeners. Knows nothing of jobs, and
// changes nothing.
#pragma once

#include "updater/configuration/appliance.hpp"
#include "updater/health/mail_state.hpp"
#include "updater/network/greeting_probe.hpp"
#include "updater/services/mail_gate.hpp"
#include "updater/services/service_manager.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace updater::health {

/// Not for use by several threads at once.
class MailFlow {
  public:
    /// Who listens at a port: network::listeners_at.
    using Listeners = std::function<std::vector<network::Endpoint>(std::uint16_t port)>;

    /// The command that stopped mail on request, so that a closed gate is as it should be; "": it was not.
    using Drained = std::function<std::string()>;

    /// All references outlive this object.
    MailFlow(
        services::ServiceManager &services, services::MailGate &gate, Listeners listeners,
        network::GreetingProbe &probe, const configuration::Appliance &appliance,
        Drained drained = [] { return std::string(); });

    /// A few calls to systemd and the kernel, so that it can be asked often. Throws nothing: what cannot be
    /// read makes the state unknown.
    MailState look();
    /// Also waits for the greeting of each listener, at most 10 seconds. The mail server logs that.
    MailState look_for_greetings();

  private:
    /// After nothing was found that hinders it.
    MailState without_problem();

    /// Nothing: it does not hinder the mail.
    using Problem = std::optional<MailState>;

    Problem problem_of_gate();
    Problem problem_of_units();
    Problem problem_of_unit(const std::string &unit, const services::UnitState &state);
    Problem problem_of_listeners();
    Problem problem_of_greetings();

    services::ServiceManager &services_;
    services::MailGate &gate_;
    Listeners listeners_;
    network::GreetingProbe &probe_;
    const configuration::Appliance &appliance_;
    Drained drained_;
};

} // namespace updater::health
