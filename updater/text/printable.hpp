// Whether a text from outside may be shown on a terminal unchanged.
#pragma once

#include <algorithm>
#include <string_view>

namespace updater::text {

/// Other than line breaks and tabs. Control characters can move the cursor and overwrite earlier output.
inline bool holds_control_characters(std::string_view text) {
    return std::ranges::any_of(text, [](char character) {
        const auto code = static_cast<unsigned char>(character);
        return (code < 0x20 && code != '\n' && code != '\t') || code == 0x7f;
    });
}

} // namespace updater::text
