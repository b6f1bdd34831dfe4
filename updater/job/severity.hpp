// How much an event of a job matters, and its words in the log and in documents.
#pragma once

#include "updater/text/word_table.hpp"

#include <array>
#include <string_view>

namespace updater::job {

enum class Severity {
    debug, ///< for the curious: only in the log and in the systemd journal
    info,
    warning,
    error
};

inline constexpr auto severity_words = std::to_array<text::Word<Severity>>({
    {Severity::debug, "debug"},
    {Severity::info, "info"},
    {Severity::warning, "warning"},
    {Severity::error, "error"},
});

constexpr std::string_view text_of(Severity severity) {
    return text::word_of(severity_words, severity);
}

} // namespace updater::job
