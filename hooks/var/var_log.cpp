#include "hooks/var/var_log.hpp"

#include "hooks/etc/attribute_merge.hpp"
#include "hooks/etc/carry_report.hpp"
#include "hooks/overlay/overlay_format.hpp"

namespace hooks::var {

namespace {

constexpr std::uint64_t files_between_progress_lines = 1000;

} // namespace

void VarLog::begin_entry(const std::filesystem::path &name, std::size_t index, std::size_t count) {
    percent_ = static_cast<int>(5 + index * 90 / count);
    log_.progress(percent_, etc::shown_path(name, "/var/"));
}

void VarLog::begin_step(int percent, std::string_view text) {
    log_.progress(percent, text);
}

void VarLog::count_put() {
    if (++put_ % files_between_progress_lines == 0)
        log_.progress(percent_, std::to_string(put_) + " files carried");
}

void VarLog::warn(const std::filesystem::path &relative, const std::string &text) {
    log_.note("warning: " + etc::shown_path(relative, "/var/") + ": " + text);
}

void VarLog::notice_owners(const OwnerTranslation &owners, const std::filesystem::path &mine) {
    for (const std::string &text : etc::numbers_taken_by_others(owners, overlay::read_attributes(mine)))
        ++files_of_other_owners_[text];
}

void VarLog::warn_of_owners() const {
    for (const auto &[text, files] : files_of_other_owners_)
        log_.note("warning: " + text +
                  " in the new system; what it had in /var, or could read by an access list, has an "
                  "unassigned number there (1879048192 and more); give it an owner, files: " +
                  std::to_string(files));
}

void VarLog::summarize() const {
    log_.note("/var: carried " + std::to_string(report.files(VarFate::carried)) + ", left behind " +
              std::to_string(report.files(VarFate::left_behind)) +
              "; which, and why, is listed in /etc/update-control/carried-var.txt");
}

} // namespace hooks::var
