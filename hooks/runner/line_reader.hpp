// Splits a program's output into lines of bounded length, and parses progress lines.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hooks::runner {

inline constexpr std::size_t max_line_bytes = 4096;

/// Collects bytes and calls `on_line` for each whole line, without its line break; everything beyond
/// max_line_bytes of a line is dropped, so that memory use is bounded. Control characters become '?', since
/// lines end up in logs and on terminals.
class LineReader {
  public:
    explicit LineReader(std::function<void(std::string_view)> on_line) : on_line_(std::move(on_line)) {}
    void add(std::string_view bytes);
    /// The last line may lack its line break.
    void finish();

  private:
    void emit();

    std::function<void(std::string_view)> on_line_;
    std::string line_;
    bool begun_ = false;
};

struct ProgressLine {
    int percent = 0; ///< 0 to 100
    std::string_view text;
    bool operator==(const ProgressLine &) const = default;
};

/// "progress PERCENT TEXT", TEXT may be empty; anything else, also a percentage above 100, is no progress
/// line.
std::optional<ProgressLine> parse_progress(std::string_view line);

} // namespace hooks::runner
