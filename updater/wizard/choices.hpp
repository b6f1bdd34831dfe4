// What is decided on one page and used on another.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace updater::wizard {

/// What the person wants.
struct Wishes {
    std::string source;       ///< as of control::Client::install
    std::string when = "now"; ///< or a calendar event
    std::string rate;         ///< MiB per second for phase 2; "": as it is
};

/// The checks document of what is wanted; empty before the checks have ended.
struct Found {
    nlohmann::json checks = nlohmann::json::object();
};

/// What the last page of the questions began: a job, or an order.
struct Begun {
    std::string job;            ///< "" for the one that runs already
    nlohmann::json last_before; ///< `last` of the state before it began
    nlohmann::json order;       ///< what the agent answered to an order; null for a job
};

} // namespace updater::wizard
