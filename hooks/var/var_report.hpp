// The report to the administrator: what was done with the files in /var. Decides nothing.
#pragma once

#include "hooks/conversion_program.hpp"
#include "partitions/storage.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace hooks::var {

enum class VarFate { carried, other_way, left_behind };

class VarReport {
  public:
    /// A file, or a folder that is reported as one item. relative: below /var. reason: the rest of the line.
    void add(VarFate fate, const std::filesystem::path &relative, std::string_view reason);
    /// Counts one more file of a place: the report has one line for each place and reason, with the number of
    /// files.
    void count(VarFate fate, const std::filesystem::path &place, std::string_view reason);
    /// Three sections "carried", "carried in another way", "left behind", each also when empty ("  nothing"),
    /// sorted by path, a line each: "  /var/mail/bob: REASON" or "  /var/lib/acme (12 files): REASON". More
    /// than 100 single files of one folder with one reason become one line of their folder.
    std::string text() const;
    /// Single files and those that were counted.
    std::uint64_t files(VarFate fate) const;

  private:
    using Line = std::pair<std::filesystem::path, std::string>; ///< place and reason
    using Lines = std::map<Line, std::uint64_t>;                ///< the number of files; 0: a single entry
    static Lines folded(const Lines &lines);

    std::array<Lines, 3> sections_;
};

/// Writes update-control/carried-var.txt of request.target, for root alone. Throws StorageError,
/// std::system_error.
void write_var_report(partitions::Storage &storage, const ConversionRequest &request,
                      const VarReport &report);

} // namespace hooks::var
