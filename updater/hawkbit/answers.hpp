// What the server says, read strictly from its JSON. Decides nothing.
#pragma once

#include "updater/hawkbit/json_reading.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace updater::hawkbit {

/// One resource below the controller's address.
struct Link {
    std::string id;   ///< of the action; empty for configData
    std::string tail; ///< what to ask for: "/deploymentBase/5?c=-2127"
    bool operator==(const Link &) const = default;
};

/// The answer to a poll.
struct Poll {
    std::optional<std::chrono::seconds> sleep;
    std::optional<Link> deployment;
    std::optional<Link> confirmation;
    std::optional<Link> cancel;
    bool config_data = false; ///< the server wants to know what runs here
};

/// An action that the server wants done, or confirmed first.
struct Offer {
    std::string id;
    std::string module;
    std::string version;
    bool may_download = true;
    bool may_install = true; ///< not "skip", and the maintenance window is open or there is none
    bool forced = true;
    std::string problem; ///< why module and version are empty: what was assigned is nothing for an appliance
};

/// All throw WrongAnswer. Of a link only what follows the controller's address is used: what the server
/// thinks its own name is doesn't matter, and nothing is sent elsewhere.
Poll read_poll(std::string_view body);
/// `module`: name of the module that counts; empty: the only one, or else the only one of the part "os".
Offer read_deployment(std::string_view body, const std::string &module);
Offer read_confirmation(std::string_view body, const std::string &module);
/// The id of the action that is to be stopped.
std::string read_cancel(std::string_view body);

} // namespace updater::hawkbit
