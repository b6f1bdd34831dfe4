// Decides whether the new system is healthy enough to be committed. It only reads and runs checks; its
// answer alone leads to commit or rollback.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/health/machine_record.hpp"
#include "updater/health/vendor_checks.hpp"
#include "updater/messages/coded.hpp"
#include "updater/network/greeting_probe.hpp"
#include "updater/network/network_state.hpp"
#include "updater/services/service_manager.hpp"
#include "updater/services/service_states.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace updater::health {

/// What held before the upgrade and must hold again.
struct HealthExpectations {
    services::ServiceStates services; ///< units that were active before must be active now
    VendorChecks::Records records;
    std::vector<network::InterfaceAddresses> pinned;
    std::optional<MachineRecord> machine; ///< without it other units and SSH are not checked
};

/// what() holds all reasons in one line.
class HealthFailed : public std::runtime_error, public messages::CodeIs<messages::Code::health_gate_failed> {
  public:
    explicit HealthFailed(std::vector<std::string> reasons);
    const std::vector<std::string> &reasons() const { return reasons_; }

  private:
    std::vector<std::string> reasons_;
};

class HealthGate {
  public:
    /// How long to wait for slow parts of the system, and how to wait.
    struct Patience {
        std::chrono::seconds addresses{60};
        std::chrono::seconds sshd{60};
        std::chrono::seconds machine{60}; ///< until the start of the machine is finished
        std::chrono::milliseconds poll_interval{500};
        std::function<void(std::chrono::milliseconds)> sleep; ///< empty: std::this_thread::sleep_for
    };

    HealthGate(services::ServiceManager &services, hooks::runner::HookRunner &programs,
               network::NetworkState &network, network::GreetingProbe &probe,
               const configuration::Appliance &appliance);
    HealthGate(services::ServiceManager &services, hooks::runner::HookRunner &programs,
               network::NetworkState &network, network::GreetingProbe &probe,
               const configuration::Appliance &appliance, Patience patience);

    /// Returns if everything is as expected. Checks everything before it fails, so the message is complete.
    /// Throws HealthFailed; Cancelled after a stop request.
    void check(const HealthExpectations &expected, const hooks::runner::OnLine &on_line,
               std::stop_token stop = {});

  private:
    void check_units(const services::ServiceStates &before, std::vector<std::string> &reasons);
    void wait_until_started(const std::stop_token &stop);
    void check_ssh(const std::vector<network::Endpoint> &before, std::vector<std::string> &reasons,
                   const std::stop_token &stop);
    void check_other_units(const MachineRecord &before, std::vector<std::string> &reasons,
                           const std::stop_token &stop);
    void check_addresses(const std::vector<network::InterfaceAddresses> &pinned,
                         std::vector<std::string> &reasons, const std::stop_token &stop);

    services::ServiceManager &services_;
    network::NetworkState &network_;
    network::GreetingProbe &probe_;
    const configuration::Appliance &appliance_;
    VendorChecks vendors_;
    Patience patience_;
};

} // namespace updater::health
