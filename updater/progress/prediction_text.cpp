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

std::vector<std::string> compared_with_prediction(const job::JobEnd &end) {
    std::vector<std::string> lines;
    milliseconds all_predicted{0};
    milliseconds all_took{0};
    for (const auto &done : end.phases) {
        const auto predicted =
            std::ranges::find_if(end.predicted, [&](const auto &each) { return each.phase == done.phase; });
        if (predicted == end.predicted.end())
            continue;
        all_predicted += predicted->takes;
        all_took += done.took;
        lines.push_back(comparison(job::title_of(done.phase), predicted->takes,
                                   " (" + std::string(job::text_of(predicted->by)) + ")", done.took));
    }
    if (!lines.empty())
        lines.push_back(comparison("all phases that ended", all_predicted, "", all_took));
    return lines;
}

} // namespace updater::progress
