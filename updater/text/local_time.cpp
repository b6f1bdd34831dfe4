#include "updater/text/local_time.hpp"

#include <array>
#include <cerrno>
#include <ctime>
#include <system_error>

namespace updater::text {

std::string iso_time(std::chrono::system_clock::time_point time) {
    const std::time_t seconds =
        std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
    std::tm parts{};
    if (localtime_r(&seconds, &parts) == nullptr)
        throw std::system_error(errno, std::generic_category(), "cannot tell the local time");
    std::array<char, 64> buffer{};
    const std::size_t length = std::strftime(buffer.data(), buffer.size(), "%Y-%m-%dT%H:%M:%S%z", &parts);
    std::string text(buffer.data(), length);
    // strftime writes +0100, RFC 3339 requires +01:00.
    text.insert(text.size() - 2, ":");
    return text;
}

} // namespace updater::text
