// Reads index texts: a first line that names the format, then lines of fields. Knows nothing of the
// individual indexes. Internal to this folder.
#pragma once

#include "partitions/base/sha256.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace updater::firmware {

/// Reads a text line by line. All functions throw FirmwareRefused (wrong_index) with the index's name and the
/// line's number.
class IndexLines {
  public:
    /// `first_line` is "update-control NAME FORMAT". Throws FirmwareRefused (unsupported_format) if only
    /// FORMAT differs.
    IndexLines(std::string_view text, std::string_view name, std::string_view first_line);

    bool any_left() const { return !rest_.empty(); }

    /// The fields of the next line, which must have this many. A line without line break is an error.
    std::vector<std::string_view> next(std::size_t fields);
    /// Skips the next line if it is equal to `line`.
    bool next_is(std::string_view line);

    std::uint64_t length(std::string_view field, std::uint64_t max) const;
    partitions::base::Sha256 hash(std::string_view field) const;
    [[noreturn]] void refuse(const std::string &what) const;

  private:
    std::string_view next_line();

    std::string name_;
    std::string_view rest_;
    std::size_t number_ = 0;
};

} // namespace updater::firmware
