#include "updater/progress/prediction_text.hpp"

#include "updater/progress/forecast.hpp"
#include "updater/text/duration.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace updater::progress {

namespace {

using std::chrono::milliseconds;

std::string tenths_text(milliseconds duration) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.1f s", static_cast<double>(duration.count()) / 1000);
    return text.data();
}

/// " (-4 %)"; of less than a second nobody wants to know.
std::string difference_text(milliseconds predicted, milliseconds took) {
    constexpr milliseconds min_compared{1000};
    if (predicted < min_compared)
        return {};
    const long percent = std::lround(100.0 * static_cast<double>((took - predicted).count()) /
                                     static_cast<double>(predicted.count()));
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), " (%+ld %%)", percent);
    return text.data();
}

std::string comparison(const std::string &what, milliseconds predicted, const std::string &source,
                       milliseconds took) {
    return what + ": predicted " + tenths_text(predicted) + source + ", took " + tenths_text(took) +
           difference_text(predicted, took);
}

const job::PhasePrediction *find_in(const job::Prediction &prediction, job::Phase phase) {
    const auto found =
        std::ranges::find_if(prediction, [&](const auto &each) { return each.phase == phase; });
    return found == prediction.end() ? nullptr : &*found;
}

/// What all phases that ended and were predicted took, or those of them in which mail waits.
struct Sums {
    milliseconds predicted{0};
    milliseconds took{0};
};

Sums sums_of(const std::vector<job::PhaseDuration> &phases, const job::Prediction &prediction,
             bool with_mail) {
    Sums sums;
    for (const auto &done : phases) {
        const auto *predicted = find_in(prediction, done.phase);
        if (predicted == nullptr || (!with_mail && job::mail_flows_in(done.phase)))
            continue;
        sums.predicted += predicted->takes;
        sums.took += done.took;
    }
    return sums;
}

void add_sums(std::vector<std::string> &lines, const std::string &what, const Sums &sums,
              const std::string &when) {
    if (sums.predicted > milliseconds(0))
        lines.push_back(comparison(what, sums.predicted, " " + when, sums.took));
}

} // namespace

std::string outlook_from(job::Phase phase, const job::Prediction &prediction) {
    const auto first =
        std::ranges::find_if(prediction, [&](const auto &each) { return each.phase == phase; });
    if (first == prediction.end())
        return {};
    const job::Prediction ahead(first, prediction.end());
    std::string text = "predicted: this phase takes " + text::duration_text(first->takes) + " (" +
                       std::string(job::text_of(first->by)) + "), with all that follow " +
                       text::duration_text(total_of(ahead));
    if (const auto waits = downtime_of(ahead); waits > milliseconds(0))
        text += "; mail waits for " + text::duration_text(waits);
    return text;
}

std::vector<std::string> compared_with_prediction(const job::JobFacts &facts, const job::JobEnd &end) {
    std::vector<std::string> lines;
    for (const auto &done : end.phases) {
        const auto *predicted = find_in(facts.predicted_when_mail_stops, done.phase);
        if (predicted == nullptr || job::mail_flows_in(done.phase))
            predicted = find_in(facts.predicted, done.phase);
        if (predicted != nullptr)
            lines.push_back(comparison(job::title_of(done.phase), predicted->takes,
                                       " (" + std::string(job::text_of(predicted->by)) + ")", done.took));
    }
    if (lines.empty())
        return lines;
    add_sums(lines, "all phases that ended", sums_of(end.phases, facts.predicted, true), "at first");
    add_sums(lines, "mail waited", sums_of(end.phases, facts.predicted, false), "at first");
    add_sums(lines, "mail waited", sums_of(end.phases, facts.predicted_when_mail_stops, false),
             "when it stopped");
    return lines;
}

} // namespace updater::progress
