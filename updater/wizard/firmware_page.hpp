// What is installed, and the choice of what to install.
#pragma once

#include "updater/control/client.hpp"
#include "updater/wizard/choices.hpp"
#include "updater/wizard/page.hpp"

#include <vector>

namespace updater::wizard {

class FirmwarePage : public Page {
  public:
    /// `given`: a source from the command line, or "". The other references outlive the page.
    FirmwarePage(control::Client &client, Wishes &wishes, std::string given);

    void enter() override;
    Screen screen(const Size &size) const override;
    bool look_again() override;
    std::string leave(const Answer &answer) override;

  private:
    struct Offer {
        std::string source;
        std::string text;
    };
    std::vector<Offer> offers() const;
    bool is_checking() const;

    control::Client &client_;
    Wishes &wishes_;
    const std::string given_;
    nlohmann::json firmware_ = nlohmann::json::object();
};

} // namespace updater::wizard
