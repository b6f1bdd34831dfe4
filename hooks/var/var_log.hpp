// What is told of carrying /var: progress, warnings, and the report. Decides nothing.
#pragma once

#include "hooks/conversion_program.hpp"
#include "hooks/owner_translation.hpp"
#include "hooks/var/var_report.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace hooks::var {

class VarLog {
  public:
    /// `log` outlives this object.
    explicit VarLog(ConversionLog &log) : log_(log) {}

    void begin_step(int percent, std::string_view text);
    /// Entry `index` of the `count` entries of /var itself begins.
    void begin_entry(const std::filesystem::path &name, std::size_t index, std::size_t count);
    /// One more file, link or device was put.
    void count_put();
    void warn(const std::filesystem::path &relative, const std::string &text);
    /// Remembers owners of `mine` whose number another account has in the new system.
    void notice_owners(const OwnerTranslation &owners, const std::filesystem::path &mine);

    /// Warns of what notice_owners() has remembered.
    void warn_of_owners() const;
    void summarize() const;

    VarReport report;

  private:
    ConversionLog &log_;
    std::map<std::string, std::uint64_t> files_of_other_owners_;
    std::uint64_t put_ = 0;
    int percent_ = 5;
};

} // namespace hooks::var
