// Who may have the agent change something. The decision alone: nothing here knows D-Bus, and nothing is
// remembered between two questions.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>

namespace updater::bus {

/// What an authority says of somebody.
struct Verdict {
    bool may = false;
    std::string trouble; ///< why there was no answer; empty after a yes or a no
};

/// Decides about those who are not root: polkit, outside of tests.
class Authority {
  public:
    using Said = std::function<void(const Verdict &)>;

    virtual ~Authority() = default;

    /// Asks whether who has this unique name on the bus may change something; `group` is the one whose
    /// members may, empty for none. Calls `said` once, before it returns or later in the same thread; not at
    /// all when this object goes first. Never waits.
    virtual void ask(const std::string &bus_name, const std::string &group, Said said) = 0;
};

/// Who called, as the bus has it from the kernel.
struct Caller {
    uid_t user;
    std::string bus_name; ///< the unique one, ":1.7"
};

class BusAccess {
  public:
    /// Why not, for the one who asked; nothing for whoever may.
    using Decided = std::function<void(const std::optional<std::string> &denial)>;

    /// `privileged_user` may do everything, without the authority being asked: an appliance on which that one
    /// is broken can still be repaired. `change_group` is asked each time for the configured group; empty:
    /// none.
    BusAccess(Authority &authority, std::function<std::string()> change_group, uid_t privileged_user);

    /// Calls `decided` once, as Authority::ask() does. No answer means no.
    void decide(const Caller &caller, Decided decided) const;

  private:
    Authority &authority_;
    std::function<std::string()> change_group_;
    uid_t privileged_user_;
};

} // namespace updater::bus
