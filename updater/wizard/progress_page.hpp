// The running job: each phase with a mark, the percent and the step of the present one, the newest events.
// Leaving it leaves the job alone.
#pragma once

#include "updater/wizard/choices.hpp"
#include "updater/wizard/job_progress.hpp"
#include "updater/wizard/page.hpp"

#include <optional>

namespace updater::wizard {

class ProgressPage : public Page {
  public:
    /// All references outlive the page.
    ProgressPage(control::Client &client, const Begun &begun);

    /// An order begins nothing yet.
    bool is_wanted() const override { return begun_.order.is_null(); }
    void enter() override;
    Screen screen(const Size &size) const override;
    bool look_again() override;
    Leaving if_left() const override;

    /// What became of the job, and the newest state document.
    control::Sight sight() const { return sight_; }
    const nlohmann::json &state() const { return progress_->state(); }

  private:
    control::Client &client_;
    const Begun &begun_;
    std::optional<JobProgress> progress_;
    control::Sight sight_ = control::Sight::goes_on;
};

} // namespace updater::wizard
