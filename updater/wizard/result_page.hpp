// The last page: how the job ended, or when the ordered one will begin.
#pragma once

#include "updater/wizard/choices.hpp"
#include "updater/wizard/page.hpp"
#include "updater/wizard/progress_page.hpp"
#include "updater/wizard/wizard.hpp"

namespace updater::wizard {

class ResultPage : public Page {
  public:
    /// `login`: see control::restart_report(). The references outlive the page.
    ResultPage(const Begun &begun, const ProgressPage &progress, std::string login);

    Screen screen(const Size &size) const override;
    Leaving if_left() const override;

    /// The same for the terminal, which forgets the screen.
    End end() const;

  private:
    const Begun &begun_;
    const ProgressPage &progress_;
    const std::string login_;
};

} // namespace updater::wizard
