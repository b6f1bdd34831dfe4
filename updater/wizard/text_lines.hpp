// Text from outside as lines that fit a terminal. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace updater::wizard {

/// More than a manifest can hold; what follows is left out.
inline constexpr std::size_t max_shown_bytes = 64UL * 1024;

/// The text without control characters but line breaks; tabs are blanks.
std::string without_controls(std::string_view text);

/// The text of at most max_shown_bytes without control characters, in lines of at most `columns` characters,
/// broken between words. Continued lines begin with `indent` blanks.
std::vector<std::string> lines_of(std::string_view text, std::size_t columns, std::size_t indent = 0);

/// The same at the end of `lines`.
void append_text(std::vector<std::string> &lines, std::string_view text, std::size_t columns,
                 std::size_t indent = 0);

} // namespace updater::wizard
