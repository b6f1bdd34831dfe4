// Cutting bundles into certificates; see the header.
#include "hooks/etc/certificate_merge.hpp"

#include <algorithm>
#include <sstream>
#include <vector>

namespace hooks::etc {

namespace {

constexpr std::string_view certificate_begin = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view certificate_end = "-----END CERTIFICATE-----";

// Each certificate verbatim, without comments and blank lines between them.
std::optional<std::vector<std::string>> certificates_in(std::string_view text) {
    std::vector<std::string> certificates;
    std::istringstream lines{std::string(text)};
    std::string open;
    for (std::string line; std::getline(lines, line);) {
        line.erase(line.find_last_not_of(" \t\r") + 1);
        if (open.empty() && line == certificate_begin) {
            open = line + "\n";
        } else if (!open.empty() && line != certificate_begin) {
            open += line + "\n";
            if (line == certificate_end) {
                certificates.push_back(open);
                open.clear();
            }
        } else if (!line.empty() && line[0] != '#') {
            return std::nullopt;
        }
    }
    return open.empty() ? std::optional(certificates) : std::nullopt;
}

} // namespace

bool is_certificate_bundle(std::string_view relative_path) {
    return relative_path == "ssl/certs/ca-certificates.crt";
}

std::optional<std::string> merge_certificates(std::string_view base, std::string_view mine,
                                              std::string_view theirs) {
    const auto old_ones = certificates_in(base);
    const auto my_ones = certificates_in(mine);
    const auto new_ones = certificates_in(theirs);
    if (!old_ones || !my_ones || !new_ones)
        return std::nullopt;
    const auto has = [](const std::vector<std::string> &list, const std::string &one) {
        return std::find(list.begin(), list.end(), one) != list.end();
    };
    std::string merged;
    for (const std::string &one : *new_ones)
        if (has(*my_ones, one) || !has(*old_ones, one))
            merged += one;
    for (const std::string &one : *my_ones)
        if (!has(*old_ones, one) && !has(*new_ones, one))
            merged += one;
    return merged;
}

} // namespace hooks::etc
