// The sd-bus owner of the lower layer, under the updater's own name.
#pragma once

#include "partitions/base/bus.hpp"

namespace updater {

using hooks::Bus;
using hooks::BusError;
using hooks::BusErrorHolder;
using hooks::BusMessage;
using hooks::BusSlot;
using hooks::BusTarget;
using hooks::check_bus;

} // namespace updater
