// The method table of the agent's bus object: reads and limits the arguments, and marks the methods that
// change something. Runs no loop and keeps no state.
#pragma once

#include "updater/bus/bus_answer.hpp"
#include "updater/bus/bus_names.hpp"

#include <string>
#include <systemd/sd-bus.h>

namespace updater::bus {

/// As long as a path can be (PATH_MAX without its end).
inline constexpr std::size_t max_source_bytes = 4095;

/// The table for sd_bus_add_object_vtable(); its user data is a BusMethods that outlives the object.
const sd_bus_vtable *agent_vtable();

/// The document as it goes over the bus: one line. Bytes that are not UTF-8 are replaced, because D-Bus
/// forbids them.
std::string document_text(const nlohmann::json &document);

} // namespace updater::bus
