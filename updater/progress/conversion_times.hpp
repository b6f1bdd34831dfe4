// How long converting the stores takes, by their size: from what it took before on this appliance, or
// estimated. Pure functions.
#pragma once

#include <optional>
#include <vector>

namespace updater::progress {

struct ConversionTime {
    std::optional<double> store_bytes; ///< of all stores that were converted; nothing: not recorded
    double seconds = 0;
};

/// Without a history; of a small server with one disk. `store_bytes` as of ConversionTime.
double estimated_conversion_seconds(int conversions, std::optional<double> store_bytes);

/// `before`: newest first. Nothing if there is none. Stores of different sizes show
/// what each byte costs; otherwise it is estimated how the seconds grow with the bytes.
std::optional<double> conversion_seconds(const std::vector<ConversionTime> &before, int conversions,
                                         std::optional<double> store_bytes);

} // namespace updater::progress
