// What was decided, and what it will cost. To go on from here begins the job, or gives the order.
#pragma once

#include "updater/control/client.hpp"
#include "updater/wizard/choices.hpp"
#include "updater/wizard/page.hpp"

namespace updater::wizard {

class SummaryPage : public Page {
  public:
    /// All references outlive the page.
    SummaryPage(control::Client &client, const Wishes &wishes, const Found &found, Begun &begun);

    void enter() override;
    Screen screen(const Size &size) const override;
    std::string leave(const Answer &answer) override;

  private:
    bool is_for_now() const { return wishes_.when == "now"; }
    std::string calendar() const;

    control::Client &client_;
    const Wishes &wishes_;
    const Found &found_;
    Begun &begun_;
    nlohmann::json state_ = nlohmann::json::object();
};

} // namespace updater::wizard
