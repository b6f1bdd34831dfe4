// Writes a notice to the systemd journal, with fields to search for. Nothing else.
#pragma once

#include "updater/notices/notice_board.hpp"

#include <string>
#include <vector>

namespace updater::notices {

/// "NAME=value" each: MESSAGE (subject, then text), PRIORITY, UPDATE_CONTROL_NOTICE (the kind),
/// UPDATE_CONTROL_VERSION, UPDATE_CONTROL_SUBJECT.
std::vector<std::string> journal_fields(const Notice &notice);

/// Does nothing if there is no journal daemon; throws std::system_error if there is one and it cannot be
/// written to.
void send_notice_to_systemd_journal(const Notice &notice);

} // namespace updater::notices
