// A job's events in the systemd journal, with fields to search for.
#pragma once

#include "updater/job/phase.hpp"
#include "updater/job/severity.hpp"

#include <functional>
#include <optional>
#include <string>

namespace updater::progress {

struct JournalEntry {
    job::Severity severity = job::Severity::info;
    std::string message;
    std::string job;                 ///< UPDATE_CONTROL_JOB
    std::optional<job::Phase> phase; ///< UPDATE_CONTROL_PHASE (0: outside the phases) and _PHASE_NAME
    std::string version;             ///< UPDATE_CONTROL_VERSION: the firmware's
    std::string code = {};           ///< UPDATE_CONTROL_CODE, of a warning or an error
};
using JournalSender = std::function<void(const JournalEntry &)>;

/// With syslog priority 7, 6, 4 or 3. Without a journal daemon nothing is sent, and that is no error.
/// @throws std::system_error when the journal is there and cannot be written
void send_to_systemd_journal(const JournalEntry &entry);

} // namespace updater::progress
