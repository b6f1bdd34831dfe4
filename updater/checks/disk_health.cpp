#include "updater/checks/disk_health.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <libmount.h>
#include <memory>
#include <optional>
#include <string>
#include <sys/statvfs.h>
#include <system_error>
#include <utility>
#include <vector>

namespace updater::checks {

namespace {

namespace fs = std::filesystem;

/// What was looked at, and what is wrong.
class HealthReport {
  public:
    void looked_at(const std::string &what) { looked_at_ += (looked_at_.empty() ? "" : ", ") + what; }
    void wrong(Verdict verdict, const std::string &what) {
        verdict_ = std::max(verdict_, verdict);
        wrong_ += (wrong_.empty() ? "" : "; ") + what;
    }
    Finding finding() const {
        if (!wrong_.empty())
            return {.verdict = verdict_,
                    .text = wrong_,
                    .advice =
                        "See what the kernel says: journalctl -k -p warning. Save what you need, and have "
                        "the disk checked before the upgrade."};
        if (looked_at_.empty())
            return {.verdict = Verdict::skip, .text = "no disk of this appliance reports its health"};
        return {.verdict = Verdict::pass, .text = "nothing wrong is reported by " + looked_at_};
    }

  private:
    Verdict verdict_ = Verdict::pass;
    std::string looked_at_;
    std::string wrong_;
};

/// The first line of a file of the kernel; nothing if it cannot be read.
std::optional<std::string> kernel_line(const fs::path &file) {
    std::ifstream stream(file);
    std::string line;
    if (!std::getline(stream, line))
        return std::nullopt;
    return line;
}

std::vector<fs::path> entries_of(const fs::path &folder) {
    std::vector<fs::path> entries;
    std::error_code error;
    for (fs::directory_iterator each(folder, error); !error && each != fs::directory_iterator();
         each.increment(error))
        entries.push_back(each->path());
    std::ranges::sort(entries);
    return entries;
}

/// SCSI and SATA say "running", NVMe "live".
void look_at_state(const fs::path &disk, HealthReport &report) {
    const std::string name = disk.filename();
    const auto state = kernel_line(disk / "device/state");
    if (!state)
        return;
    report.looked_at(name);
    if (*state != "running" && *state != "live")
        report.wrong(Verdict::fail, "the disk " + name + " is " + *state);
}

/// JESD84-B51, PRE_EOL_INFO: 1 normal, 2 warning (80 % of the reserve used), 3 urgent.
void look_at_life(const fs::path &disk, HealthReport &report) {
    const std::string name = disk.filename();
    const auto life = kernel_line(disk / "device/pre_eol_info");
    if (!life || *life == "0x00")
        return;
    report.looked_at("the reserve of " + name);
    if (*life == "0x03")
        report.wrong(Verdict::fail, "the disk " + name + " is at the end of its life");
    else if (*life != "0x01")
        report.wrong(Verdict::warn, "the disk " + name + " has used most of its reserve");
}

void look_at_array(const fs::path &disk, HealthReport &report) {
    const std::string name = disk.filename();
    const auto missing = kernel_line(disk / "md/degraded");
    if (!missing)
        return;
    report.looked_at(name);
    if (*missing != "0")
        report.wrong(Verdict::warn, "the array " + name + " lacks " + *missing + " of its disks");
}

void look_at_ext4(const fs::path &filesystem, HealthReport &report) {
    const std::string name = filesystem.filename();
    const auto errors = kernel_line(filesystem / "errors_count");
    if (!errors)
        return;
    report.looked_at("ext4 on " + name);
    if (*errors != "0")
        report.wrong(Verdict::warn, "the file system on " + name + " has had " + *errors + " errors");
}

/// Read-only by what the file system itself says: the kernel does that after an error.
void look_at_data(const fs::path &data, const fs::path &mounts, HealthReport &report) {
    const std::unique_ptr<libmnt_table, void (*)(libmnt_table *)> table(
        mnt_new_table_from_file(mounts.c_str()), mnt_unref_table);
    if (!table)
        throw fs::filesystem_error("cannot read the mounts", mounts, {errno, std::generic_category()});
    libmnt_fs *const mount = mnt_table_find_target(table.get(), data.c_str(), MNT_ITER_BACKWARD);
    if (mount == nullptr)
        return;
    const char *const options = mnt_fs_get_fs_options(mount);
    const std::string text = options == nullptr ? "" : options;
    report.looked_at("the file system at " + data.string());
    if (text == "ro" || text.starts_with("ro,"))
        report.wrong(Verdict::fail, "the file system at " + data.string() +
                                        " is read-only, as the kernel makes it after an error");
    struct statvfs status {};
    if (::statvfs(data.c_str(), &status) != 0 && errno == EIO)
        report.wrong(Verdict::fail, "the file system at " + data.string() + " has shut down after an error");
}

Finding disk_health(const fs::path &data, const KernelFiles &kernel) {
    HealthReport report;
    for (const fs::path &disk : entries_of(kernel.sys / "block")) {
        look_at_state(disk, report);
        look_at_life(disk, report);
        look_at_array(disk, report);
    }
    for (const fs::path &filesystem : entries_of(kernel.sys / "fs/ext4"))
        look_at_ext4(filesystem, report);
    look_at_data(data, kernel.mounts, report);
    return report.finding();
}

} // namespace

void check_disk_health(const std::filesystem::path &data, Findings &findings, const KernelFiles &kernel) {
    findings.judge(
        "disk health", [&] { return disk_health(data, kernel); }, Verdict::warn);
}

} // namespace updater::checks
