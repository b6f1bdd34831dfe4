#include "updater/text/byte_amount.hpp"

#include <array>
#include <cstdio>

namespace updater::text {

namespace {

/// How many decimals make three significant digits, as the value is printed.
int decimals_of(double value) {
    constexpr double rounds_to_10 = 9.995;
    constexpr double rounds_to_100 = 99.95;
    if (value < rounds_to_10)
        return 2;
    return value < rounds_to_100 ? 1 : 0;
}

} // namespace

std::string bytes_text(std::uint64_t bytes) {
    constexpr std::array<const char *, 6> units{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    constexpr double rounds_to_next_unit = 1023.5;
    if (bytes == 1)
        return "1 byte";
    if (bytes < 1024)
        return std::to_string(bytes) + " bytes";
    double value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    for (; value >= rounds_to_next_unit && unit + 1 < units.size(); ++unit)
        value /= 1024;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.*f %s", decimals_of(value), value, units.at(unit));
    return text.data();
}

} // namespace updater::text
