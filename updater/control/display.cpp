#include "updater/control/display.hpp"

#include "updater/control/documents.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

namespace updater::control {

using nlohmann::json;

std::size_t terminal_columns() {
    winsize size{};
    constexpr std::size_t usual = 80;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0 ? size.ws_col : usual;
}

Display::Display(std::ostream &output, DisplayMode mode, std::size_t (*columns)())
    : output_(output), mode_(mode), columns_(columns) {}

void Display::write(const std::string &text) {
    output_ << text << std::flush;
    if (!output_)
        throw OutputLost();
}

void Display::erase_progress() {
    if (drawn_columns_ == 0)
        return;
    write("\r" + std::string(drawn_columns_, ' ') + "\r");
    drawn_columns_ = 0;
    drawn_.clear();
}

void Display::events(const std::string &document_text, const json &parsed) {
    const json list = parsed.value("events", json::array());
    if (list.empty())
        return;
    if (mode_ == DisplayMode::json_documents) {
        write(document_text + "\n");
        return;
    }
    for (const json &event : list) {
        if (mode_ == DisplayMode::terminal && text_at(event, "level") == "info" && !ends_a_phase(event))
            continue;
        erase_progress();
        write(event_line(event) + "\n");
    }
}

void Display::progress(const json &state, std::chrono::steady_clock::time_point now) {
    if (mode_ == DisplayMode::plain && percent_lines_.due(state, now))
        write(percent_line(state) + "\n");
    if (mode_ != DisplayMode::terminal)
        return;
    // The last column stays free: many terminals move to the next line when it is written.
    const std::size_t columns = columns_();
    const std::string line = progress_line(state, columns > 1 ? columns - 1 : 1);
    if (line == drawn_)
        return;
    const std::size_t width = width_of(line);
    // Blanks erase the rest of a longer line; all the terminal must understand is "\r".
    const std::size_t blanks = drawn_columns_ > width ? drawn_columns_ - width : 0;
    write("\r" + line + std::string(blanks, ' ') + "\r");
    drawn_ = line;
    drawn_columns_ = width;
}

void Display::text(const std::string &text) {
    if (mode_ == DisplayMode::json_documents)
        return;
    erase_progress();
    write(text);
}

void Display::document(const std::string &document) {
    if (mode_ == DisplayMode::json_documents)
        write(document + "\n");
}

} // namespace updater::control
