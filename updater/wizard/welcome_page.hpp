// The first page: which appliance this is, what the wizard will do, and the keys.
#pragma once

#include "updater/control/client.hpp"
#include "updater/wizard/page.hpp"

#include <nlohmann/json.hpp>

namespace updater::wizard {

class WelcomePage : public Page {
  public:
    /// `host`: the appliance's name.
    WelcomePage(control::Client &client, std::string host);

    void enter() override;
    Screen screen(const Size &size) const override;

  private:
    control::Client &client_;
    const std::string host_;
    nlohmann::json state_ = nlohmann::json::object();
};

} // namespace updater::wizard
