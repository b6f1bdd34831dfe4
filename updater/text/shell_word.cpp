#include "updater/text/shell_word.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace updater::text {

std::string shell_word(const std::string &text) {
    const auto plain = [](unsigned char each) {
        return std::isalnum(each) != 0 ||
               std::string_view("/._-+:@%,=").find(static_cast<char>(each)) != std::string_view::npos;
    };
    if (!text.empty() && std::ranges::all_of(text, plain))
        return text;
    std::string quoted = "'";
    for (const char each : text)
        quoted += each == '\'' ? std::string("'\\''") : std::string(1, each);
    return quoted + "'";
}

} // namespace updater::text
