// Shows a job while it is watched: on a terminal with one line that is redrawn, as plain lines, or as JSON
// documents. Decides how things look, not what happens.
#pragma once

#include "updater/control/progress_line.hpp"

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <ostream>
#include <stdexcept>
#include <string>

namespace updater::control {

enum class DisplayMode { terminal, plain, json_documents };

/// The output can no longer be written: the terminal or the pipe is gone.
class OutputLost : public std::runtime_error {
  public:
    OutputLost() : std::runtime_error("the output cannot be written") {}
};

/// Columns of the terminal at descriptor 1; 80 if unknown.
std::size_t terminal_columns();

/// All methods throw OutputLost.
class Display {
  public:
    /// `columns` is called before each redraw, because a window may be resized; in mode terminal only.
    Display(std::ostream &output, DisplayMode mode, std::size_t (*columns)() = terminal_columns);

    /// Shows each event as a line; on a terminal only warnings, errors and the end of each phase, because the
    /// line at the bottom shows the rest. As JSON: the unchanged document, if it contains any event.
    void events(const std::string &document, const nlohmann::json &parsed);
    /// Shows the progress line, or a percent line when one is due. Nothing as JSON.
    void progress(const nlohmann::json &state, std::chrono::steady_clock::time_point now);
    /// Text for people, ended with a newline; left out in JSON.
    void text(const std::string &text);
    /// A document for programs; left out in the other modes.
    void document(const std::string &document);

  private:
    void erase_progress();
    void write(const std::string &text);

    std::ostream &output_;
    const DisplayMode mode_;
    std::size_t (*const columns_)();
    std::size_t drawn_columns_ = 0;
    std::string drawn_;
    PercentLines percent_lines_;
};

} // namespace updater::control
