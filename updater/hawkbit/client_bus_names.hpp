// The names of the client's service on the bus, for the service and the program that asks it. Nothing else.
#pragma once

namespace updater::hawkbit {

inline constexpr const char *client_bus_name = "org.updatecontrol.Hawkbit";
inline constexpr const char *client_object_path = "/org/updatecontrol/Hawkbit";
inline constexpr const char *client_interface = "org.updatecontrol.Hawkbit1";

} // namespace updater::hawkbit
