// The part of the health gate that the vendor's programs decide: whether the stores hold the records they
// held, and whether the vendor's own checks pass, such as a test message.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/services/service_manager.hpp"

#include <cstdint>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace updater::health {

/// What fails is added to `reasons`. All throw Cancelled after a stop request.
class VendorChecks {
  public:
    /// The number of records for each store name.
    using Records = std::map<std::string, std::uint64_t>;

    /// All references outlive this object.
    VendorChecks(services::ServiceManager &services, hooks::runner::HookRunner &programs,
                 const configuration::Appliance &appliance)
        : services_(services), programs_(programs), appliance_(appliance) {}

    void count_records(const Records &expected, std::vector<std::string> &reasons,
                       const hooks::runner::OnLine &on_line, const std::stop_token &stop);
    void run_checks(const Records &expected, std::vector<std::string> &reasons,
                    const hooks::runner::OnLine &on_line, const std::stop_token &stop);

  private:
    services::ServiceManager &services_;
    hooks::runner::HookRunner &programs_;
    const configuration::Appliance &appliance_;
};

} // namespace updater::health
