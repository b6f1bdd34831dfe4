#include "updater/progress/warning_count.hpp"

#include "partitions/durable.hpp"
#include "updater/messages/message.hpp"
#include "updater/progress/log_file.hpp"

#include <set>
#include <string>

namespace updater::progress {

namespace {

/// A log may grow to twice LogFile::max_bytes, and by its last line.
constexpr std::size_t max_read_bytes = 3 * LogFile::max_bytes;
constexpr std::string_view separator = ": ";
constexpr std::string_view warning_word = "warning: ";
constexpr std::string_view code_begins = " [";

/// The same text may have the general code of another phase.
std::string_view without_code(std::string_view text) {
    const auto begin = text.rfind(code_begins);
    if (begin == std::string_view::npos || !text.ends_with(']'))
        return text;
    const auto code = text.substr(begin + code_begins.size());
    return messages::is_code(code.substr(0, code.size() - 1)) ? text.substr(0, begin) : text;
}

} // namespace

std::size_t count_warnings(std::string_view log) {
    std::set<std::string_view> warnings;
    while (!log.empty()) {
        auto line = log.substr(0, log.find('\n'));
        log.remove_prefix(std::min(log.size(), line.size() + 1));
        // TIME PHASE: LEVEL: TEXT (event.hpp); neither time nor phase holds the separator.
        const auto end_of_phase = line.find(separator);
        if (end_of_phase == std::string_view::npos)
            continue;
        line.remove_prefix(end_of_phase + separator.size());
        if (line.starts_with(warning_word))
            warnings.insert(without_code(line.substr(warning_word.size())));
    }
    return warnings.size();
}

std::size_t count_warnings_of(partitions::Storage &storage, const std::filesystem::path &log_file) {
    try {
        if (storage.kind(log_file) != partitions::FileKind::file)
            return 0;
        return count_warnings(partitions::read_whole_file(storage, log_file, max_read_bytes));
    } catch (const partitions::StorageError &) {
        return 0;
    }
}

} // namespace updater::progress
