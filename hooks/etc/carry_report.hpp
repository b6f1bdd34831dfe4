// The report to the administrator: what was done with each change in /etc. Decides nothing.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace hooks::etc {

enum class Fate { carried, merged, conflict, left_behind };

class CarryReport {
  public:
    /// relative: the path below /etc. reason: part of a line.
    void add(Fate fate, const std::filesystem::path &relative, std::string_view reason);
    std::size_t count(Fate fate) const;
    /// Four sections "carried", "merged", "conflict", "left behind" in this order, each also when empty ("
    /// nothing"), paths sorted, a line each: two blanks, the path from /etc on, ": ", the reason.
    std::string text() const;
    /// "carried N, merged N, conflicts N, left behind N"
    std::string summary() const;

  private:
    struct Line {
        std::string path;
        std::string reason;
    };
    std::array<std::vector<Line>, 4> sections_;
};

/// The path as displayed, "/etc/..."; characters that would break a line are written as \ooo. folder ends
/// with a slash.
std::string shown_path(const std::filesystem::path &relative, std::string_view folder = "/etc/");

} // namespace hooks::etc
