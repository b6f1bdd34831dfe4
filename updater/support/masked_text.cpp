#include "updater/support/masked_text.hpp"

#include "updater/text/clean_text.hpp"

#include <nlohmann/json.hpp>
#include <optional>

namespace updater::support {

namespace {

constexpr int json_indentation = 1;

std::optional<std::string> spread_json(std::string_view raw) {
    const auto document = nlohmann::json::parse(raw, nullptr, false);
    if (!document.is_structured())
        return std::nullopt;
    return document.dump(json_indentation, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// A long line with a document at its end, as the job journal has them.
std::optional<std::string> spread_line(std::string_view line) {
    const std::size_t begin = line.find('{');
    if (line.size() <= text::max_log_text_bytes || begin == std::string_view::npos)
        return std::nullopt;
    const auto spread = spread_json(line.substr(begin));
    return spread ? std::optional(std::string(line.substr(0, begin)) + *spread) : std::nullopt;
}

/// <somebody@example.org> becomes <***@example.org>.
std::string without_people(std::string line) {
    std::size_t from = 0;
    for (;;) {
        const std::size_t begin = line.find('<', from);
        if (begin == std::string::npos)
            return line;
        const std::size_t end = line.find_first_of("<> ", begin + 1);
        if (end == std::string::npos)
            return line;
        const std::size_t at = line.rfind('@', end);
        if (line[end] == '>' && at != std::string::npos && at > begin) {
            line.replace(begin + 1, at - begin - 1, "***");
            from = line.find('>', begin);
        } else {
            from = line[end] == '>' ? end + 1 : end;
        }
    }
}

void append_masked(std::string_view line, text::TextCleaner &cleaner, std::string &masked) {
    const std::size_t first = line.find_first_not_of(" \t");
    if (first != std::string_view::npos)
        masked.append(line.substr(0, first)).append(without_people(cleaner.clean(line)));
    masked += '\n';
}

template <typename OnLine> void for_each_line(std::string_view raw, const OnLine &on_line) {
    while (!raw.empty()) {
        const std::size_t end = raw.find('\n');
        on_line(raw.substr(0, end));
        if (end == std::string_view::npos)
            return;
        raw.remove_prefix(end + 1);
    }
}

} // namespace

std::string masked_text(std::string_view raw) {
    const std::optional<std::string> document = spread_json(raw);
    if (document)
        raw = *document;
    text::TextCleaner cleaner;
    std::string masked;
    masked.reserve(raw.size());
    for_each_line(raw, [&](std::string_view line) {
        const std::optional<std::string> spread = spread_line(line);
        for_each_line(spread ? std::string_view(*spread) : line,
                      [&](std::string_view each) { append_masked(each, cleaner, masked); });
        if (line.empty())
            masked += '\n';
    });
    return masked;
}

} // namespace updater::support
