// Amounts in the lines of an installation.
#pragma once

#include <cstdint>
#include <iomanip>
#include <sstream>
#include <string>

namespace updater::install {

inline std::string megabytes(std::uint64_t bytes) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(bytes < 10'000'000 ? 1 : 0) << static_cast<double>(bytes) / 1e6
         << " MB";
    return text.str();
}

} // namespace updater::install
