// Writing to the systemd journal.
#include "updater/progress/systemd_journal.hpp"

#include <stdexcept>
#include <syslog.h>
#include <system_error>
#include <systemd/sd-journal.h>

namespace updater::progress {

namespace {

int priority_of(job::Severity severity) {
    switch (severity) {
    case job::Severity::debug:
        return LOG_DEBUG;
    case job::Severity::info:
        return LOG_INFO;
    case job::Severity::warning:
        return LOG_WARNING;
    case job::Severity::error:
        return LOG_ERR;
    }
    throw std::logic_error("a severity without a priority");
}

} // namespace

void send_to_systemd_journal(const JournalEntry &entry) {
    const std::string name(entry.phase ? job::name_of(*entry.phase) : "");
    const int result =
        sd_journal_send("MESSAGE=%s", entry.message.c_str(), "PRIORITY=%i", priority_of(entry.severity),
                        "UPDATE_CONTROL_JOB=%s", entry.job.c_str(), "UPDATE_CONTROL_PHASE=%i",
                        entry.phase ? job::number_of(*entry.phase) : 0, "UPDATE_CONTROL_PHASE_NAME=%s",
                        name.c_str(), "UPDATE_CONTROL_VERSION=%s", entry.version.c_str(),
                        "UPDATE_CONTROL_CODE=%s", entry.code.c_str(), nullptr);
    if (result < 0)
        throw std::system_error(-result, std::generic_category(), "cannot write to the systemd journal");
}

} // namespace updater::progress
