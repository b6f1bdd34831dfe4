// How a job ended, and its words in the journal and in documents.
#pragma once

#include <array>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace updater::job {

enum class Outcome { succeeded, failed, refused, rolled_back, cancelled };

inline constexpr std::array<std::pair<Outcome, std::string_view>, 5> outcome_words{{
    {Outcome::succeeded, "succeeded"},
    {Outcome::failed, "failed"},
    {Outcome::refused, "refused"},
    {Outcome::rolled_back, "rolled-back"},
    {Outcome::cancelled, "cancelled"},
}};

constexpr std::string_view text_of(Outcome outcome) {
    for (const auto &[known, word] : outcome_words)
        if (known == outcome)
            return word;
    throw std::logic_error("an outcome without a word");
}

/// Nothing for a word that is not known.
constexpr std::optional<Outcome> outcome_of(std::string_view word) {
    for (const auto &[outcome, known] : outcome_words)
        if (known == word)
            return outcome;
    return std::nullopt;
}

} // namespace updater::job
