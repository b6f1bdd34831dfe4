// Where the wizard meets a person. The real one is newt_view.hpp.
#pragma once

#include "updater/wizard/screen.hpp"

namespace updater::wizard {

class View {
  public:
    View() = default;
    virtual ~View() = default;
    View(const View &) = delete;
    View &operator=(const View &) = delete;

    /// For the text of a screen without choices and fields.
    virtual Size size() const = 0;
    /// Shows the screen until a key is pressed; one that waits, or whose terminal changes its size, only for
    /// a moment.
    virtual Answer show(const Screen &screen) = 0;
};

} // namespace updater::wizard
