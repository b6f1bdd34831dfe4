#include "updater/notices/notice_journal.hpp"

#include <sys/uio.h>
#include <syslog.h>
#include <system_error>
#include <systemd/sd-journal.h>

namespace updater::notices {

std::vector<std::string> journal_fields(const Notice &notice) {
    return {"MESSAGE=" + notice.subject + "\n" + notice.text, "PRIORITY=" + std::to_string(LOG_NOTICE),
            "UPDATE_CONTROL_NOTICE=" + notice.kind, "UPDATE_CONTROL_VERSION=" + notice.version,
            "UPDATE_CONTROL_SUBJECT=" + notice.subject};
}

void send_notice_to_systemd_journal(const Notice &notice) {
    std::vector<std::string> fields = journal_fields(notice);
    std::vector<iovec> parts;
    parts.reserve(fields.size());
    for (std::string &field : fields)
        parts.push_back({field.data(), field.size()});
    const int result = sd_journal_sendv(parts.data(), static_cast<int>(parts.size()));
    if (result < 0)
        throw std::system_error(-result, std::generic_category(), "cannot write to the systemd journal");
}

} // namespace updater::notices
