// How much an event of a job matters, and its words in the log and in documents.
#pragma once

#include <stdexcept>
#include <string_view>

namespace updater::job {

enum class Severity { info, warning, error };

constexpr std::string_view text_of(Severity severity) {
    switch (severity) {
    case Severity::info:
        return "info";
    case Severity::warning:
        return "warning";
    case Severity::error:
        return "error";
    }
    throw std::logic_error("a severity without a word");
}

} // namespace updater::job
