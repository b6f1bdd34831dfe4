// Which firmware is installed next, so that the version that the server wants runs in the end. Only what the
// agent's signed feed offers.
#pragma once

#include "updater/hawkbit/agent.hpp"

#include <string>

namespace updater::hawkbit {

struct FirmwareOrder {
    std::string version; ///< empty: there is none, and `problem` says why
    std::string source;
    bool is_downloaded = false;
    std::string problem;
    bool may_pass = false; ///< of the problem: the feed could not be fetched
};

/// `wanted`: the version that is to run in the end; stepping stones come before it.
FirmwareOrder next_order(const AgentFirmware &firmware, const std::string &running,
                         const std::string &wanted);

} // namespace updater::hawkbit
