// The paths inside one generation: what one OS has on the data partition, and what a job puts there while it
// runs. Computes paths only; reads and creates nothing. An image's initramfs uses some of them too
// (updater/contracts.md).
#pragma once

#include <filesystem>
#include <string_view>

namespace partitions {

class Generation {
  public:
    explicit Generation(std::filesystem::path folder) : folder_(std::move(folder)) {}

    const std::filesystem::path &folder() const { return folder_; }

    /// The overlay on /etc: what differs from the image's, and the directory that the kernel works in.
    std::filesystem::path etc() const { return folder_ / "etc"; }
    std::filesystem::path etc_upper() const { return etc() / "upper"; }
    std::filesystem::path etc_work() const { return etc() / "work"; }
    /// A restore of settings, in the order of its steps: what is being prepared; what the initramfs makes
    /// etc_upper() at the next start; what was etc_upper() until then.
    std::filesystem::path etc_restoring() const { return etc() / "restoring"; }
    std::filesystem::path etc_restored() const { return etc() / "restored"; }
    std::filesystem::path etc_before_restore() const { return etc() / "before-restore"; }
    /// The same for folders of /var, each below it at its path relative to /var.
    std::filesystem::path var_restoring() const { return etc() / "restoring-var"; }
    std::filesystem::path var_restored() const { return etc() / "restored-var"; }
    std::filesystem::path var_before_restore() const { return etc() / "before-restore-var"; }
    /// Where settings of another release are converted before.
    std::filesystem::path etc_converting() const { return etc() / "converting"; }
    /// Becomes /var.
    std::filesystem::path var() const { return folder_ / "var"; }
    /// The folder that the system with this generation sees as path_below_var, such as
    /// /var/lib/mailsec/store. Throws std::invalid_argument for a path that is not below /var.
    std::filesystem::path in_var(const std::filesystem::path &path_below_var) const;
    /// Network settings that pin the addresses over one restart.
    std::filesystem::path pin() const { return folder_ / "pin"; }

    /// The rest belongs to a job and is removed when it ends. Copies of what is to be converted, and
    /// intermediate stages:
    std::filesystem::path source() const { return folder_ / "source"; }
    std::filesystem::path source_of_store(std::string_view name) const { return source() / name; }
    std::filesystem::path source_of_etc() const { return source() / "etc"; }
    /// The rehearsal's working copies:
    std::filesystem::path rehearsal() const { return folder_ / "rehearsal"; }
    std::filesystem::path rehearsal_of_etc() const { return rehearsal() / "etc"; }
    std::filesystem::path rehearsal_of_var() const { return rehearsal() / "var"; }
    std::filesystem::path rehearsal_of_stores() const { return rehearsal() / "stores"; }
    /// The mail queue of a system on trial:
    std::filesystem::path gate_queue() const { return folder_ / "gate-queue"; }

  private:
    std::filesystem::path folder_;
};

} // namespace partitions
