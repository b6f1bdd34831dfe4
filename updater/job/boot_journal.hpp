// The end of the systemd journal of the start before this one: what the kernel and root's programs wrote.
// Judges nothing.
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

using ReadBootJournal = std::function<BootJournal()>;

/// The start before this one. @throws std::system_error
BootJournal read_journal_of_last_boot();

} // namespace updater::job
