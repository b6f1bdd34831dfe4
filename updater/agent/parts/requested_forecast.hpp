// What an installation would do, for whoever asks before it begins: a plan and a prediction. Only reads.
#pragma once

#include "updater/agent/firmware_check.hpp"
#include "updater/agent/parts/requested_checks.hpp"
#include "updater/progress/history.hpp"

namespace updater::agent::parts {

/// All references outlive what is returned.
FirmwareCheck::Forecast requested_forecast(Machine &machine, const Firmware &firmware, const Offer &offer,
                                           const Jobs &jobs, const progress::History &history);

} // namespace updater::agent::parts
