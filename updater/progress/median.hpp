// The median of numbers.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

namespace updater::progress {

/// Nothing of nothing.
inline std::optional<double> median_of(std::vector<double> values) {
    if (values.empty())
        return std::nullopt;
    std::ranges::sort(values);
    return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

} // namespace updater::progress
