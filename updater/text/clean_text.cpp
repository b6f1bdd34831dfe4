#include "updater/text/clean_text.hpp"

#include "updater/text/secret_patterns.hpp"

#include <algorithm>
#include <cstdint>

namespace updater::text {

namespace {

// More than max_log_text_bytes, so that a secret at the cut is still recognized.
constexpr std::size_t max_bytes_read = 8192;

bool is_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

// Length of the UTF-8 character at `text` (RFC 3629), 0 if the bytes are not one.
std::size_t character_length(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    std::size_t length = 0;
    std::uint32_t code = 0;
    if (first < 0x80U)
        return 1;
    if ((first & 0xE0U) == 0xC0U) {
        length = 2;
        code = first & 0x1FU;
    } else if ((first & 0xF0U) == 0xE0U) {
        length = 3;
        code = first & 0x0FU;
    } else if ((first & 0xF8U) == 0xF0U) {
        length = 4;
        code = first & 0x07U;
    } else {
        return 0;
    }
    if (text.size() < length ||
        !std::all_of(text.begin() + 1, text.begin() + static_cast<long>(length), is_continuation))
        return 0;
    for (std::size_t index = 1; index < length; ++index)
        code = (code << 6U) | (static_cast<unsigned char>(text[index]) & 0x3FU);
    const bool overlong = code < (length == 2 ? 0x80U : length == 3 ? 0x800U : 0x10000U);
    const bool surrogate = code >= 0xD800U && code <= 0xDFFFU;
    return overlong || surrogate || code > 0x10FFFFU ? 0 : length;
}

bool is_control(std::string_view character) {
    const auto first = static_cast<unsigned char>(character.front());
    if (character.size() == 1)
        return first < 0x20U || first == 0x7FU;
    // C1 controls, U+0080 to U+009F, of which terminals obey some
    return character.size() == 2 && first == 0xC2U && static_cast<unsigned char>(character[1]) < 0xA0U;
}

// Length of a terminal's control sequence at `text` (ECMA-48, section 5.4: ESC [ parameters, then a final
// byte).
std::size_t escape_length(std::string_view text) {
    if (text.size() < 2 || text[0] != '\x1B' || text[1] != '[')
        return 0;
    std::size_t length = 2;
    while (length < text.size() && text[length] >= 0x20 && text[length] <= 0x3F)
        ++length;
    return length < text.size() ? length + 1 : length;
}

std::string_view without_torn_word(std::string_view text) {
    if (text.size() <= max_bytes_read)
        return text;
    text = text.substr(0, max_bytes_read);
    const std::size_t last_space = text.find_last_of(" \t\r\n");
    // Part of a word may be part of a secret that no pattern recognizes.
    return last_space == std::string_view::npos ? std::string_view{} : text.substr(0, last_space);
}

std::string one_line(std::string_view text) {
    std::string line;
    while (!text.empty()) {
        const std::size_t escape = escape_length(text);
        const std::size_t length = escape != 0 ? escape : character_length(text);
        const std::string_view character = text.substr(0, std::max<std::size_t>(length, 1));
        if (escape != 0) {
            // left out
        } else if (length == 0) {
            line += '?';
        } else if (character == "\n" || character == "\r" || character == "\t") {
            line += ' ';
        } else if (is_control(character)) {
            line += '?';
        } else {
            line += character;
        }
        text.remove_prefix(character.size());
    }
    const std::size_t first = line.find_first_not_of(' ');
    return first == std::string::npos ? std::string{}
                                      : line.substr(first, line.find_last_not_of(' ') - first + 1);
}

constexpr std::string_view key_begin = "-----BEGIN ";
constexpr std::string_view key_kind = "PRIVATE KEY-----";
constexpr std::string_view key_end = "-----END ";

struct KeyMasked {
    std::string line;
    bool key_goes_on = false;
};

// Masks what is between the lines BEGIN … PRIVATE KEY and END (RFC 7468), or to the end of the text.
KeyMasked mask_keys(std::string line) {
    KeyMasked result;
    std::size_t from = 0;
    for (;;) {
        const std::size_t begin = line.find(key_begin, from);
        const std::size_t kind = begin == std::string::npos ? begin : line.find(key_kind, begin);
        if (kind == std::string::npos)
            break;
        const std::size_t body = kind + key_kind.size();
        const std::size_t end = line.find(key_end, body);
        result.key_goes_on = end == std::string::npos;
        if (result.key_goes_on)
            line.replace(body, std::string::npos, " ***");
        else
            line.replace(body, end - body, " *** ");
        if (result.key_goes_on)
            break;
        from = line.find(key_end, body) + key_end.size();
    }
    result.line = std::move(line);
    return result;
}

std::string cut(std::string line) {
    if (line.size() <= max_log_text_bytes)
        return line;
    constexpr std::string_view ellipsis = "…";
    std::size_t length = max_log_text_bytes - ellipsis.size();
    while (length > 0 && is_continuation(line[length]))
        --length;
    return line.substr(0, length).append(ellipsis);
}

bool is_base64(std::string_view word) {
    return word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") ==
           std::string_view::npos;
}

} // namespace

std::string clean_text(std::string_view text) {
    return TextCleaner().clean(text);
}

std::string TextCleaner::clean(std::string_view text) {
    std::string line = one_line(without_torn_word(text));
    if (inside_private_key_) {
        // Only the last word is tested, because a name may have been put in front of each line.
        const std::size_t before_word = line.rfind(' ');
        const std::size_t word_begin = before_word == std::string::npos ? 0 : before_word + 1;
        const std::string_view word = std::string_view(line).substr(word_begin);
        constexpr std::size_t shortest_full_line = 32;
        const bool header =
            line.find("Proc-Type:") != std::string::npos || line.find("DEK-Info:") != std::string::npos;
        if (header || line.empty())
            return line;
        // A short line is the last one of the key; a line that is not base64 is no longer the key.
        inside_private_key_ = is_base64(word) && word.size() >= shortest_full_line;
        if (is_base64(word))
            return line.replace(word_begin, std::string::npos, "***");
    }
    KeyMasked masked = mask_keys(std::move(line));
    inside_private_key_ = masked.key_goes_on;
    return cut(mask_secrets(masked.line));
}

} // namespace updater::text
