// Looks for the traces that a restart left: the kernel's last words in pstore, the watchdog's status, the end
// of the systemd journal of the start before.
#pragma once

#include "updater/job/boot_journal.hpp"
#include "updater/job/restart_cause.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace updater::job {

struct TracePlaces {
    /// Where the kernel leaves its last words, and where systemd-pstore(8) puts them at the next start.
    std::vector<std::filesystem::path> last_words{"/sys/fs/pstore", "/var/lib/systemd/pstore"};
    std::filesystem::path watchdog_status = "/sys/class/watchdog/watchdog0/bootstatus";
    /// Has update_control.reset_by=NAME if the boot loader saw that the watchdog NAME had reset the machine.
    std::filesystem::path kernel_command_line = "/proc/cmdline";
};

class RestartTraces : public RestartCauses {
  public:
    explicit RestartTraces(TracePlaces places = {}, ReadBootJournal journal = read_boot_journal);

    RestartCause of(const UnexplainedRestart &restart) override;

  private:
    /// The line that names the panic.
    std::optional<std::string> panic_since(std::chrono::system_clock::time_point since) const;
    std::optional<std::string> watchdog_reset() const;
    std::optional<std::string> watchdog_reset_seen_by_boot_loader() const;
    BootJournal journal_unless_own(const UnexplainedRestart &restart) const;

    TracePlaces places_;
    ReadBootJournal journal_;
};

} // namespace updater::job
