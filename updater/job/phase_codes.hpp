// The general message codes of the phases, for what has none of its own.
#pragma once

#include "updater/job/phase.hpp"
#include "updater/messages/code.hpp"

#include <optional>

namespace updater::job {

/// Nothing: outside the phases.
constexpr messages::Code failure_code(std::optional<Phase> phase) {
    return static_cast<messages::Code>(static_cast<int>(messages::Code::job_failed) +
                                       (phase ? number_of(*phase) : 0));
}

constexpr messages::Code warning_code(std::optional<Phase> phase) {
    return static_cast<messages::Code>(static_cast<int>(messages::Code::job_warning) +
                                       (phase ? number_of(*phase) : 0));
}

static_assert(failure_code(Phase::start_services) == messages::Code::phase_10_failed);
static_assert(warning_code(Phase::start_services) == messages::Code::phase_10_warning);

} // namespace updater::job
