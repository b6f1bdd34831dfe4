// When the last upgrade ran, so that the journal of both starts around it can be taken. Reads no clock.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace updater::support {

struct Span {
    std::string from; ///< as journalctl(1) understands it: "2026-11-21 02:50:04 UTC"
    std::string to;
};

/// From ten minutes before the last installation or rollback of history.json began to ten minutes after its
/// end. Empty if there is none, or nothing that can be understood.
std::optional<Span> last_upgrade_in(std::string_view history);

} // namespace updater::support
