// Counts a store's records with the vendor's inspect program: before the upgrade, and in the health gate.
// Reads only.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/messages/coded.hpp"

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <stop_token>

namespace updater::health {

/// The inspect program failed or did not print "records N".
class StoreInspectionFailed : public std::runtime_error,
                              public messages::CodeIs<messages::Code::store_not_inspected> {
  public:
    using std::runtime_error::runtime_error;
};

/// Long enough for a store on a slow machine, short enough for the deadline of a trial.
inline constexpr std::chrono::seconds max_time_to_inspect{300};

/// Runs the store's inspect program against the running store and returns the number of records. Throws
/// StoreInspectionFailed, hooks::runner::HookRunnerError, Cancelled.
std::uint64_t count_records(hooks::runner::HookRunner &programs, const configuration::Store &store,
                            const hooks::runner::OnLine &on_line, std::stop_token stop = {},
                            std::chrono::seconds time_limit = max_time_to_inspect);

} // namespace updater::health
