// The requests about this node of a cluster: its mail, its queue, its role. No D-Bus here.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <sys/types.h>

namespace updater::bus {

struct DrainWish {
    uid_t user = 0; ///< who asks
    bool keep_over_restart = false;
    std::chrono::seconds awaited{0}; ///< for how long somebody waits for the end of the queue
};

/// All return soon.
class NodeRequests {
  public:
    virtual ~NodeRequests() = default;

    /// On return no new connection of a sender is accepted; the queue is run in the background, and
    /// state_members() says how much is left. Throws std::exception.
    virtual void drain(const DrainWish &wish) = 0;
    /// Mail is accepted again, unless a job keeps it back. Throws job::Busy then.
    virtual void resume() = 0;
    /// What waits in the queue while mail is stopped on request: see interface.md.
    virtual nlohmann::json queue() const = 0;

    /// Begins to show ("show"), take or give up the role of this node and returns the number of that work;
    /// node() shows its end. Throws Refused, job::Busy, job::NotPossible if the product knows no roles.
    virtual std::uint64_t begin_role(const std::string &verb) = 0;
    /// Begins to send a message through this node. Throws job::Busy, job::NotPossible.
    virtual std::uint64_t begin_test_message() = 0;
    /// What is being done, and what became of the last work.
    virtual nlohmann::json node() const = 0;

    /// The members `drained` and `role` of the state document.
    virtual nlohmann::json state_members() const = 0;
};

} // namespace updater::bus
