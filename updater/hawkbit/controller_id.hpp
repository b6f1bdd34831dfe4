// How this appliance is called at the server when the settings don't say.
#pragma once

#include "updater/hawkbit/client_settings.hpp"

#include <string>

namespace updater::hawkbit {

/// The id of the settings, else one made of the machine id (which itself must not leave the machine:
/// machine-id(5)) or of the host's name. Throws std::runtime_error if the machine has none.
std::string controller_id(const ClientSettings &settings);

} // namespace updater::hawkbit
