// A number of bytes as text for people.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>

namespace updater::text {

/// "999 bytes", "1.5 KiB", "20.0 GiB".
inline std::string bytes_text(std::uint64_t bytes) {
    constexpr std::array<const char *, 5> units{"KiB", "MiB", "GiB", "TiB", "PiB"};
    if (bytes < 1024)
        return std::to_string(bytes) + " bytes";
    double value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    for (; value >= 1024 && unit + 1 < units.size(); ++unit)
        value /= 1024;
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.1f %s", value, units.at(unit));
    return text.data();
}

} // namespace updater::text
