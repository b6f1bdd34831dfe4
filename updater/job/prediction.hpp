// How long each phase of a job is expected to take, and how that is known. Plain data.
#pragma once

#include "updater/job/phase.hpp"
#include "updater/text/word_table.hpp"

#include <array>
#include <chrono>
#include <string_view>
#include <vector>

namespace updater::job {

enum class PredictedBy {
    history,   ///< earlier jobs on this appliance
    rehearsal, ///< what this job has rehearsed
    estimate,  ///< nothing is known of this appliance yet
};

inline constexpr auto predicted_by_words = std::to_array<text::Word<PredictedBy>>({
    {PredictedBy::history, "history"},
    {PredictedBy::rehearsal, "rehearsal"},
    {PredictedBy::estimate, "estimate"},
});

constexpr std::string_view text_of(PredictedBy by) {
    return text::word_of(predicted_by_words, by);
}

struct PhasePrediction {
    Phase phase = Phase::download;
    std::chrono::milliseconds takes{0};
    PredictedBy by = PredictedBy::estimate;
};

/// The phases that the job has, in their order; empty: nothing was predicted.
using Prediction = std::vector<PhasePrediction>;

} // namespace updater::job
