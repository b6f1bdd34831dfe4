#include "updater/progress/conversion_times.hpp"

#include "updater/progress/median.hpp"

#include <algorithm>

namespace updater::progress {

namespace {

constexpr double seconds_beside_the_bytes = 15; ///< of one conversion: starting and stopping two servers
constexpr double bytes_per_second = 20.0 * 1024 * 1024;
constexpr std::size_t max_times_compared = 5;

/// seconds = beside + slope * bytes
struct Line {
    double beside = 0;
    double slope = 0;
};

/// Where the sum of the squared relative errors is least: a small store counts as much as a large one.
/// Nothing if the sizes are too much alike to tell, or larger stores took less time.
std::optional<Line> line_through(const std::vector<ConversionTime> &times) {
    double weights = 0;
    double bytes = 0;
    double seconds = 0;
    double bytes_squared = 0;
    double bytes_seconds = 0;
    double least = times.front().store_bytes.value_or(0);
    double most = least;
    for (const ConversionTime &each : times) {
        const double size = each.store_bytes.value_or(0);
        const double weight = 1 / (each.seconds * each.seconds);
        weights += weight;
        bytes += weight * size;
        seconds += weight * each.seconds;
        bytes_squared += weight * size * size;
        bytes_seconds += weight * size * each.seconds;
        least = std::min(least, size);
        most = std::max(most, size);
    }
    constexpr double least_ratio_of_sizes = 1.5;
    if (most < least * least_ratio_of_sizes || most == 0)
        return std::nullopt;
    const double slope =
        (weights * bytes_seconds - bytes * seconds) / (weights * bytes_squared - bytes * bytes);
    if (slope <= 0)
        return std::nullopt;
    const double beside = (seconds - slope * bytes) / weights;
    if (beside < 0) // through nothing at all
        return Line{0, bytes_seconds / bytes_squared};
    return Line{beside, slope};
}

/// The newest whose size is known.
std::vector<ConversionTime> sized(const std::vector<ConversionTime> &times) {
    std::vector<ConversionTime> found;
    for (const ConversionTime &each : times)
        if (each.store_bytes && each.seconds > 0 && found.size() < max_times_compared)
            found.push_back(each);
    return found;
}

} // namespace

double estimated_conversion_seconds(int conversions, std::optional<double> store_bytes) {
    constexpr double bytes_of_unknown_store = 300.0 * 1024 * 1024;
    return conversions * seconds_beside_the_bytes +
           store_bytes.value_or(conversions > 0 ? bytes_of_unknown_store : 0) / bytes_per_second;
}

std::optional<double> conversion_seconds(const std::vector<ConversionTime> &before, int conversions,
                                         std::optional<double> store_bytes) {
    const auto known = sized(before);
    std::vector<double> seconds;
    if (!store_bytes || known.empty()) {
        for (const ConversionTime &each : before)
            if (seconds.size() < max_times_compared)
                seconds.push_back(each.seconds);
        return median_of(std::move(seconds));
    }
    if (const auto line = line_through(known))
        return line->beside + line->slope * *store_bytes;
    const double now = estimated_conversion_seconds(conversions, store_bytes);
    for (const ConversionTime &each : known)
        seconds.push_back(each.seconds * now / estimated_conversion_seconds(conversions, each.store_bytes));
    return median_of(std::move(seconds));
}

} // namespace updater::progress
