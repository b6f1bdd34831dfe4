// Has the agent check whether the firmware can be installed, and shows what it found. Only firmware without a
// FAIL gets past it.
#pragma once

#include "updater/control/client.hpp"
#include "updater/wizard/choices.hpp"
#include "updater/wizard/page.hpp"

#include <cstdint>

namespace updater::wizard {

class ChecksPage : public Page {
  public:
    /// All references outlive the page.
    ChecksPage(control::Client &client, const Wishes &wishes, Found &found);

    void enter() override;
    Screen screen(const Size &size) const override;
    bool look_again() override;

  private:
    bool is_checking() const;

    control::Client &client_;
    const Wishes &wishes_;
    Found &found_;
    std::uint64_t number_ = 0; ///< of the check that this page began
};

} // namespace updater::wizard
