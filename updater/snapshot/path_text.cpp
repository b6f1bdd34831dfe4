#include "updater/snapshot/path_text.hpp"

namespace updater::snapshot {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

bool needs_no_escape(char byte) {
    return byte >= ' ' && byte <= '~' && byte != '%';
}

} // namespace

std::string plain_from(std::string_view bytes) {
    std::string plain;
    for (const char byte : bytes) {
        if (needs_no_escape(byte)) {
            plain += byte;
            continue;
        }
        const auto value = static_cast<unsigned char>(byte);
        plain += '%';
        plain += digits[value >> 4U];
        plain += digits[value & 0x0FU];
    }
    return plain;
}

std::string plain_in_line(std::string_view bytes) {
    constexpr std::size_t max_in_line_bytes = 900;
    auto plain = plain_from(bytes);
    if (plain.size() > max_in_line_bytes)
        plain.replace(max_in_line_bytes, std::string::npos, "...");
    return plain;
}

std::optional<std::string> bytes_from_plain(std::string_view plain) {
    std::string bytes;
    for (std::size_t at = 0; at < plain.size(); ++at) {
        if (plain[at] != '%') {
            bytes += plain[at];
            continue;
        }
        const std::size_t high = at + 1 < plain.size() ? digits.find(plain[at + 1]) : digits.npos;
        const std::size_t low = at + 2 < plain.size() ? digits.find(plain[at + 2]) : digits.npos;
        if (high == digits.npos || low == digits.npos)
            return std::nullopt;
        bytes += static_cast<char>(high << 4U | low);
        at += 2;
    }
    // One spelling only, so that a name can't be there twice.
    if (plain_from(bytes) != plain)
        return std::nullopt;
    return bytes;
}

} // namespace updater::snapshot
