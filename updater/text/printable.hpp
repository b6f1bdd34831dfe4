// Whether a text from outside may be shown on a terminal as it is.
#pragma once

#include <algorithm>
#include <string_view>

namespace updater::text {

/// Other than line breaks and tabs: they can move the cursor or change what stands there already.
inline bool holds_control_characters(std::string_view text) {
    return std::ranges::any_of(text, [](char character) {
        const auto code = static_cast<unsigned char>(character);
        return (code < 0x20 && code != '\n' && code != '\t') || code == 0x7f;
    });
}

} // namespace updater::text
