// Codes of the phases, for what has no code of its own: 05.
#include "updater/messages/message.hpp"
#include "updater/messages/state_texts.hpp"

namespace updater::messages {

namespace {

constexpr std::string_view back_while_mail_waits =
    "The services are started again, mail flows, and the appliance runs the version from before.";
constexpr std::string_view back_by_restart =
    "The appliance restarts into the system from before by itself, with its configuration and all mail.";
constexpr std::string_view see_the_warning =
    "Read the line; update-control -s names the log, and update-control --history counts its warnings.";

constexpr Message phase_messages[] = {
    {Code::job_failed, "The job failed outside the phases", by_phase, read_the_log},
    {Code::phase_1_failed, "Phase 1, download the update, failed",
     "The running system was not touched, and mail flows. What was downloaded and verified is kept.",
     read_the_log},
    {Code::phase_2_failed, "Phase 2, install the new OS, failed", ended_while_mail_flows, read_the_log},
    {Code::phase_3_failed, "Phase 3, shut down services, failed", back_while_mail_waits, read_the_log},
    {Code::phase_4_failed, "Phase 4, prepare the message store migration, failed", back_while_mail_waits,
     read_the_log},
    {Code::phase_5_failed, "Phase 5, back up the configuration, failed", back_while_mail_waits, read_the_log},
    {Code::phase_6_failed, "Phase 6, restart the appliance, failed", back_while_mail_waits, read_the_log},
    {Code::phase_7_failed, "Phase 7, migrate the message store, failed", back_by_restart, read_the_log},
    {Code::phase_8_failed, "Phase 8, install the new configuration, failed", back_by_restart, read_the_log},
    {Code::phase_9_failed, "Phase 9, clean up, failed", back_by_restart, read_the_log},
    {Code::phase_10_failed, "Phase 10, restart all services, failed",
     "Before the commit the appliance restarts into the system from before by itself, with all mail. After "
     "it the new "
     "version stays, and what failed is tried again.",
     read_the_log},
    {Code::job_warning, "A warning outside the phases", job_goes_on, see_the_warning},
    {Code::phase_1_warning, "A warning in phase 1, download the update", job_goes_on, see_the_warning},
    {Code::phase_2_warning, "A warning in phase 2, install the new OS", job_goes_on, see_the_warning},
    {Code::phase_3_warning, "A warning in phase 3, shut down services", job_goes_on, see_the_warning},
    {Code::phase_4_warning, "A warning in phase 4, prepare the message store migration", job_goes_on,
     see_the_warning},
    {Code::phase_5_warning, "A warning in phase 5, back up the configuration", job_goes_on, see_the_warning},
    {Code::phase_6_warning, "A warning in phase 6, restart the appliance", job_goes_on, see_the_warning},
    {Code::phase_7_warning, "A warning in phase 7, migrate the message store", job_goes_on, see_the_warning},
    {Code::phase_8_warning, "A warning in phase 8, install the new configuration", job_goes_on,
     see_the_warning},
    {Code::phase_9_warning, "A warning in phase 9, clean up", job_goes_on, see_the_warning},
    {Code::phase_10_warning, "A warning in phase 10, restart all services", job_goes_on, see_the_warning},
};

} // namespace

std::span<const Message> messages_of_phases() {
    return phase_messages;
}

} // namespace updater::messages
