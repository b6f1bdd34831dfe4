// One page of the wizard: what it shows, and what must hold before it is left. Knows neither its neighbours
// nor the terminal.
#pragma once

#include "updater/control/exit_codes.hpp"
#include "updater/wizard/screen.hpp"

#include <string>

namespace updater::wizard {

/// What a person is told who leaves the wizard, and the exit code then.
struct Leaving {
    std::string text = "Nothing was begun, and the appliance is unchanged.";
    control::ExitCode code = control::ExitCode::cancelled;
};

/// enter(), look_again() and leave() may call the agent, and throw what control::Client throws.
class Page {
  public:
    Page() = default;
    virtual ~Page() = default;
    Page(const Page &) = delete;
    Page &operator=(const Page &) = delete;

    /// Without a purpose a page is left out.
    virtual bool is_wanted() const { return true; }
    /// The page is about to be shown, coming from the one before.
    virtual void enter() {}
    virtual Screen screen(const Size &size) const = 0;
    /// Time has passed on a screen that waits. True: the next page follows by itself.
    virtual bool look_again() { return false; }
    /// Takes the answer. Returns what keeps the page from being left forward, or "".
    virtual std::string leave(const Answer & /*answer*/) { return {}; }
    virtual Leaving if_left() const { return {}; }
};

} // namespace updater::wizard
