// The progress bar.
#include "image/firmware-tool/progress_line.hpp"

#include <iostream>
#include <unistd.h>

namespace firmware_tool {

ProgressLine::ProgressLine(std::string what)
    : what_(std::move(what)), terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
    end();
}

void ProgressLine::end() {
    if (terminal_ && shown_percent_ >= 0)
        std::cerr << std::endl;
    shown_percent_ = -1;
}

void ProgressLine::show(std::uint64_t bytes_done, std::uint64_t bytes_all) {
    constexpr int step_of_lines = 10;
    const int percent =
        static_cast<int>(100.0 * static_cast<double>(bytes_done) / static_cast<double>(bytes_all));
    if (percent == shown_percent_ ||
        (!terminal_ && percent < 100 && percent < shown_percent_ + step_of_lines))
        return;
    shown_percent_ = percent;
    constexpr int bar_characters = 40;
    const int filled = percent * bar_characters / 100;
    if (terminal_)
        std::cerr << "\r" << what_ << " [" << std::string(static_cast<std::size_t>(filled), '#')
                  << std::string(static_cast<std::size_t>(bar_characters - filled), '.') << "] " << percent
                  << " %" << std::flush;
    else
        std::cerr << what_ << ": " << percent << " %" << std::endl;
}

} // namespace firmware_tool
