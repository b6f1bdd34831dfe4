// How a job ended, and its words in the journal and in documents.
#pragma once

#include "updater/text/word_table.hpp"

#include <array>
#include <string_view>

namespace updater::job {

enum class Outcome { succeeded, failed, refused, rolled_back, cancelled };

inline constexpr auto outcome_words = std::to_array<text::Word<Outcome>>({
    {Outcome::succeeded, "succeeded"},
    {Outcome::failed, "failed"},
    {Outcome::refused, "refused"},
    {Outcome::rolled_back, "rolled-back"},
    {Outcome::cancelled, "cancelled"},
});

constexpr std::string_view text_of(Outcome outcome) {
    return text::word_of(outcome_words, outcome);
}

} // namespace updater::job
