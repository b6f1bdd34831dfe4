// What follows the commit in phase 10, in one table: returns mail to its queue, lets it in from outside, and
// removes what was made for the trial. Nothing is rolled back from here on, so a step that fails does not
// stop those after it.
#pragma once

#include "partitions/generations.hpp"
#include "updater/job/phase_table.hpp"
#include "updater/phases/old_system.hpp"
#include "updater/phases/service_start.hpp"
#include "updater/phases/trial_mail.hpp"
#include "updater/phases/trial_marks.hpp"
#include "updater/phases/trial_settings.hpp"

#include <stdexcept>

namespace updater::phases {

/// Some steps failed; what() names them, with the reasons. All others are done.
class NotFinished : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

class Finishing {
  public:
    /// All references outlive this object.
    Finishing(const partitions::Generations &generations, TrialMarks &marks, TrialMail &mail,
              ServiceStart &services, TrialSettings &settings, OldSystem &old_system);

    /// Can be run again, and then does what is left to be done. @throws NotFinished.
    void run(job::PhaseRun &run);

  private:
    partitions::Generation generation_of(const job::PhaseRun &run) const;

    const partitions::Generations &generations_;
    TrialMarks &marks_;
    TrialMail &mail_;
    ServiceStart &services_;
    TrialSettings &settings_;
    OldSystem &old_system_;
};

} // namespace updater::phases
