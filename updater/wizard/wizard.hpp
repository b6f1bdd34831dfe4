// Leads a person through the pages: keys, messages, the question before leaving. Knows neither what the pages
// are about nor the terminal.
#pragma once

#include "updater/wizard/course.hpp"
#include "updater/wizard/view.hpp"

#include <functional>
#include <string>

namespace updater::wizard {

/// How it ended, and what is still to be read when the screen is gone.
struct End {
    control::ExitCode code;
    std::string text; ///< lines, or ""
};

class Wizard {
  public:
    /// `outcome`: how the last page ends.
    Wizard(View &view, Course course, std::function<End()> outcome);

    End run();

  private:
    /// Does what may call the agent; a failure becomes a message. False: it failed.
    bool succeeds(const std::function<void()> &action);
    void tell(const std::string &title, const std::string &text);
    bool wants_to_leave(const std::string &what_happens_then);
    void go_forward(const Answer &answer);
    void go_on_by_itself();
    /// Shows a screen that does not change, until there is a key for it.
    Key ask(const Screen &screen);

    View &view_;
    Course course_;
    std::function<End()> outcome_;
    bool over_ = false;
    Key gone_ = Key::nothing; ///< lost or ended, once it is
};

} // namespace updater::wizard
