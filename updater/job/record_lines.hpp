// The text form of journal records, one line each: `CHECKSUM JSON`, where CHECKSUM is the first 16
// hexadecimal digits of the SHA-256 of the JSON text. Every word is a contract (journal-format.md). Touches
// no file.
#pragma once

#include "updater/job/record.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace updater::job {

/// With its line feed.
std::string line_of(const Record &record);

struct RecordLines {
    JournalContents contents;
    std::size_t trusted_bytes = 0; ///< up to the end of the last line that can be trusted
};

/// @throws std::runtime_error when an intact record makes no sense to this program.
RecordLines parse_lines(std::string_view text);

} // namespace updater::job
