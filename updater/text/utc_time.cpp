#include "updater/text/utc_time.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace updater::text {

std::string utc_text(std::chrono::sys_seconds time) {
    const std::chrono::sys_days day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text.data();
}

std::optional<std::chrono::sys_seconds> parse_utc(std::string_view text) {
    const std::string copy(text);
    std::tm parts{};
    const char *rest = strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    if (!rest || rest != copy.c_str() + copy.size())
        return std::nullopt;
    const std::chrono::sys_seconds time{std::chrono::seconds(timegm(&parts))};
    // strptime accepts more (a single digit, a 60th second), so the result must be written in the same way.
    return utc_text(time) == copy ? std::optional(time) : std::nullopt;
}

} // namespace updater::text
