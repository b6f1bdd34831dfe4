#include "hooks/runner/line_reader.hpp"

#include <charconv>
#include <utility>

namespace hooks::runner {

void LineReader::add(std::string_view bytes) {
    for (const char byte : bytes) {
        if (byte == '\n') {
            emit();
            continue;
        }
        begun_ = true;
        const auto code = static_cast<unsigned char>(byte);
        const bool control = (code < 0x20 && byte != '\t') || code == 0x7f;
        if (line_.size() < max_line_bytes)
            line_.push_back(control ? '?' : byte);
    }
}

void LineReader::finish() {
    if (begun_)
        emit();
}

void LineReader::emit() {
    // Emptied first: if on_line throws, the line must not be delivered twice.
    const std::string line = std::exchange(line_, {});
    begun_ = false;
    on_line_(line);
}

std::optional<ProgressLine> parse_progress(std::string_view line) {
    constexpr std::string_view word = "progress ";
    if (!line.starts_with(word))
        return std::nullopt;
    line.remove_prefix(word.size());
    int percent = 0;
    const auto [rest, error] = std::from_chars(line.data(), line.data() + line.size(), percent);
    if (error != std::errc() || percent < 0 || percent > 100)
        return std::nullopt;
    line.remove_prefix(static_cast<std::size_t>(rest - line.data()));
    if (!line.empty() && line.front() != ' ')
        return std::nullopt;
    if (!line.empty())
        line.remove_prefix(1);
    return ProgressLine{percent, line};
}

} // namespace hooks::runner
