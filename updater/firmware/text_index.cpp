// Splits text into lines and fields.
#include "updater/firmware/text_index.hpp"

#include "updater/firmware/firmware_error.hpp"

#include <charconv>

namespace updater::firmware {

IndexLines::IndexLines(std::string_view text, std::string_view name, std::string_view first_line)
    : name_(name), rest_(text) {
    const std::string_view found = any_left() ? next_line() : std::string_view();
    if (found == first_line)
        return;
    const std::string_view first_line_of_any_format = first_line.substr(0, first_line.rfind(' ') + 1);
    if (found.starts_with(first_line_of_any_format))
        throw FirmwareRefused(FirmwareRefusal::unsupported_format,
                              "the " + name_ + " has a format that this version does not read");
    number_ = 1;
    refuse("is not \"" + std::string(first_line) + "\"");
}

void IndexLines::refuse(const std::string &what) const {
    throw FirmwareRefused(FirmwareRefusal::wrong_index,
                          name_ + ", line " + std::to_string(number_) + ": " + what);
}

std::string_view IndexLines::next_line() {
    ++number_;
    const std::size_t length = rest_.find('\n');
    if (length == std::string_view::npos)
        refuse("ends without a line break");
    const std::string_view line = rest_.substr(0, length);
    rest_.remove_prefix(length + 1);
    return line;
}

bool IndexLines::next_is(std::string_view line) {
    if (!rest_.starts_with(line) || rest_.substr(line.size(), 1) != "\n")
        return false;
    next_line();
    return true;
}

std::vector<std::string_view> IndexLines::next(std::size_t fields) {
    std::string_view line = next_line();
    std::vector<std::string_view> found;
    while (found.size() + 1 < fields) {
        const std::size_t length = line.find(' ');
        if (length == std::string_view::npos)
            refuse("has fewer than " + std::to_string(fields) + " fields");
        found.push_back(line.substr(0, length));
        line.remove_prefix(length + 1);
    }
    found.push_back(line);
    return found;
}

std::uint64_t IndexLines::length(std::string_view field, std::uint64_t max) const {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    const bool leading_zero = field.size() > 1 && field.front() == '0';
    if (error != std::errc() || end != field.data() + field.size() || leading_zero || value > max)
        refuse("a length is not a number from 0 to " + std::to_string(max));
    return value;
}

partitions::base::Sha256 IndexLines::hash(std::string_view field) const {
    const std::optional<partitions::base::Sha256> hash = partitions::base::parse_sha256(field);
    if (!hash)
        refuse("a hash is not 64 hexadecimal digits");
    return *hash;
}

} // namespace updater::firmware
