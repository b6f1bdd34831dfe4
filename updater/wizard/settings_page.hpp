// The settings of this installation: when, and how fast.
#pragma once

#include "updater/control/client.hpp"
#include "updater/wizard/choices.hpp"
#include "updater/wizard/page.hpp"

namespace updater::wizard {

class SettingsPage : public Page {
  public:
    /// Both references outlive the page.
    SettingsPage(control::Client &client, Wishes &wishes);

    void enter() override;
    Screen screen(const Size &size) const override;
    std::string leave(const Answer &answer) override;

  private:
    /// When the next maintenance window opens, "" if there is none.
    std::string window_opens() const;

    control::Client &client_;
    Wishes &wishes_;
    nlohmann::json state_ = nlohmann::json::object();
};

} // namespace updater::wizard
