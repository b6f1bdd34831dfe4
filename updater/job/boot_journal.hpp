// The end of the systemd journal of an earlier start: what the kernel, root's programs and the bus wrote.
// Both systems write to the same folder, as one machine. Judges nothing.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace updater::job {

struct BootLine {
    std::string program; ///< "systemd", "systemd-logind", "kernel"
    std::string text;
};

struct BootJournal {
    std::string boot_id; ///< without dashes; empty: no earlier start is in the journal
    /// The newest first, at most max_boot_lines.
    std::vector<BootLine> lines;
};

inline constexpr std::size_t max_boot_lines = 300;
inline constexpr std::size_t max_boot_line_bytes = 300;

/// Of the start with this identifier, without dashes; empty: the newest before this one.
using ReadBootJournal = std::function<BootJournal(const std::string &boot_id)>;

/// @throws std::system_error
BootJournal read_boot_journal(const std::string &boot_id);

} // namespace updater::job
