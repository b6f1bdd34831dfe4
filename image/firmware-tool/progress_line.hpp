// Progress of a long step, for people: a bar on a terminal, a line every tenth of the way elsewhere.
#pragma once

#include <cstdint>
#include <string>

namespace firmware_tool {

/// Writes to standard error, so that standard output has results only.
class ProgressLine {
  public:
    explicit ProgressLine(std::string what);
    ~ProgressLine();
    ProgressLine(const ProgressLine &) = delete;
    ProgressLine &operator=(const ProgressLine &) = delete;

    void show(std::uint64_t bytes_done, std::uint64_t bytes_all);
    /// Ends the line, so that something else can be written.
    void end();

  private:
    std::string what_;
    bool terminal_;
    int shown_percent_ = -1;
};

} // namespace firmware_tool
