// Where the following of a job is shown: a terminal with one line that is redrawn, plain lines, or JSON
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

/// Nobody reads the output any more (the terminal or the pipe is gone).
class OutputLost : public std::runtime_error {
  public:
    OutputLost() : std::runtime_error("the output cannot be written") {}
};

/// Columns of the terminal at descriptor 1; 80 when it does not say.
std::size_t terminal_columns();

/// All methods throw OutputLost.
class Display {
  public:
    /// `columns` is asked before each redraw, since a window may be resized; used in mode terminal only.
    Display(std::ostream &output, DisplayMode mode, std::size_t (*columns)() = terminal_columns);

    /// The event document: each event a line; on a terminal only warnings, errors and the end of each phase,
    /// since the line at the bottom shows the rest. In JSON as it came, when it holds any event.
    void events(const std::string &document, const nlohmann::json &parsed);
    /// The state: the progress line, or a percent line when one is due. Nothing in JSON.
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
