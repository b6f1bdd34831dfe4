// Parses and writes a version.
#include "updater/firmware/version.hpp"

#include <charconv>

namespace updater::firmware {

namespace {

constexpr std::uint32_t largest_number = 999999;

[[noreturn]] void refuse_version(std::string_view text) {
    throw InvalidVersion(
        "\"" + std::string(text.substr(0, 64)) +
        "\" is not a version: four numbers from 0 to 999999 with dots between them, as in 2.8.0.0");
}

} // namespace

Version Version::parse(std::string_view text) {
    Version version;
    std::string_view rest = text;
    for (std::size_t position = 0; position < version.numbers_.size(); ++position) {
        if (position > 0) {
            if (!rest.starts_with('.'))
                refuse_version(text);
            rest.remove_prefix(1);
        }
        std::uint32_t number = 0;
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
        const auto digits = static_cast<std::size_t>(end - rest.data());
        const bool leading_zero = digits > 1 && rest.front() == '0';
        if (error != std::errc() || leading_zero || number > largest_number)
            refuse_version(text);
        version.numbers_.at(position) = number;
        rest.remove_prefix(digits);
    }
    if (!rest.empty())
        refuse_version(text);
    return version;
}

std::string Version::text() const {
    std::string text;
    for (const std::uint32_t number : numbers_)
        text += (text.empty() ? "" : ".") + std::to_string(number);
    return text;
}

} // namespace updater::firmware
