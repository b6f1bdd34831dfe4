// Decides who may change something through the agent. Knows no D-Bus and keeps nothing between two decisions.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>

namespace updater::bus {

/// What an authority says about a caller.
struct Verdict {
    bool may = false;
    std::string trouble; ///< why there is no answer; empty: there is one
};

/// Decides about callers other than root: polkit, except in tests.
class Authority {
  public:
    using Said = std::function<void(const Verdict &)>;

    virtual ~Authority() = default;

    /// Asks whether the caller with this unique name on the bus may change something; members of `group` may
    /// (empty: no group). Calls `said` once, before it returns or later in the same thread; never after the
    /// end of this object. Does not block.
    virtual void ask(const std::string &bus_name, const std::string &group, Said said) = 0;
};

/// The caller, as the bus knows it from the kernel.
struct Caller {
    uid_t user;
    std::string bus_name; ///< the unique one, ":1.7"
};

class BusAccess {
  public:
    /// Why the caller may not; nothing if it may.
    using Decided = std::function<void(const std::optional<std::string> &denial)>;

    /// `privileged_user` may do everything without being asked about, so that an appliance whose authority is
    /// broken can be repaired. `change_group` returns the configured group, empty for none; called
    /// each time.
    BusAccess(Authority &authority, std::function<std::string()> change_group, uid_t privileged_user);

    /// Calls `decided` once, as Authority::ask() does. Without an answer the caller may not.
    void decide(const Caller &caller, Decided decided) const;

  private:
    Authority &authority_;
    std::function<std::string()> change_group_;
    uid_t privileged_user_;
};

} // namespace updater::bus
