#include "updater/wizard/text_lines.hpp"

#include <algorithm>
#include <sstream>

namespace updater::wizard {

namespace {

bool continues_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

/// The bytes of the first `columns` characters.
std::size_t bytes_of_columns(std::string_view text, std::size_t columns) {
    std::size_t characters = 0;
    for (std::size_t index = 0; index < text.size(); ++index)
        if (!continues_character(text[index]) && ++characters > columns)
            return index;
    return text.size();
}

/// Where the line has to end: before the last word that does not fit, or within a word that is too long.
std::size_t end_of_line(std::string_view text, std::size_t columns) {
    const std::size_t end = bytes_of_columns(text, columns);
    if (end == text.size())
        return end;
    const std::size_t blank = text.substr(0, end + 1).rfind(' ');
    return blank == std::string_view::npos || blank <= text.find_first_not_of(' ') ? end : blank;
}

void append_line(std::vector<std::string> &lines, std::string_view rest, std::size_t columns,
                 std::size_t indent) {
    std::string blanks;
    do {
        const std::string_view line = rest.substr(0, end_of_line(rest, columns - blanks.size()));
        rest.remove_prefix(line.size());
        lines.push_back(blanks + std::string(line.substr(0, line.find_last_not_of(' ') + 1)));
        blanks.assign(indent, ' ');
        rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    } while (!rest.empty());
}

} // namespace

std::string without_controls(std::string_view text) {
    std::string cleaned;
    for (const char byte : text) {
        const auto code = static_cast<unsigned char>(byte);
        if (byte == '\t')
            cleaned += ' ';
        else if (byte == '\n' || (code >= 0x20 && code != 0x7f))
            cleaned += byte;
    }
    // U+0080 to U+009F are control characters as well.
    for (std::size_t at = 0; (at = cleaned.find('\xC2', at)) != std::string::npos;) {
        const bool control = at + 1 < cleaned.size() && static_cast<unsigned char>(cleaned[at + 1]) < 0xA0U;
        if (control)
            cleaned.erase(at, 2);
        else
            ++at;
    }
    return cleaned;
}

void append_text(std::vector<std::string> &lines, std::string_view text, std::size_t columns,
                 std::size_t indent) {
    const std::string cleaned =
        without_controls(text.substr(0, bytes_of_columns(text, std::min(text.size(), max_shown_bytes))));
    std::istringstream stream(cleaned);
    const std::size_t width = std::max(columns, indent + 1);
    for (std::string line; std::getline(stream, line);)
        append_line(lines, line, width, indent);
    if (text.size() > max_shown_bytes)
        append_line(lines, "(the rest is too long to be shown)", width, indent);
}

std::vector<std::string> lines_of(std::string_view text, std::size_t columns, std::size_t indent) {
    std::vector<std::string> lines;
    append_text(lines, text, columns, indent);
    return lines;
}

} // namespace updater::wizard
