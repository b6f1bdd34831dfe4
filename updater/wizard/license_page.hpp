// The license of the firmware that was checked. Who does not accept it can only go back or leave.
#pragma once

#include "updater/wizard/choices.hpp"
#include "updater/wizard/page.hpp"

namespace updater::wizard {

class LicensePage : public Page {
  public:
    /// `found` outlives the page.
    explicit LicensePage(const Found &found) : found_(found) {}

    /// An agent of another release does not tell it.
    bool is_wanted() const override;
    Screen screen(const Size &size) const override;

  private:
    const Found &found_;
};

} // namespace updater::wizard
