// Shows screens with newt, the library of whiptail and of Debian's own dialogs. The only file here that knows
// it. Needs no colours, no mouse and no function keys: all can be reached with Tab and Enter, too.
#pragma once

#include "partitions/base/file_descriptor.hpp"
#include "updater/wizard/view.hpp"

#include <newt.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace updater::wizard {

/// Standard input or output is no terminal, or one that cannot place text; the message says what to do.
class NoTerminal : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Throws NoTerminal unless a screen can be shown at standard input and output.
void require_terminal();

/// Takes the terminal while it exists. Signals that end the program, and a new size of the window, are
/// received in show() only, so that the terminal is always given back in order.
class NewtView : public View {
  public:
    /// `heading`: the first line of every screen. Call require_terminal() before.
    explicit NewtView(std::string heading);
    ~NewtView() override;

    Size size() const override;
    Answer show(const Screen &screen) override;

  private:
    void open_terminal();
    void build(const Screen &screen);
    void remove_form();
    void add_choices(int top, int height);
    void add_fields(int top);
    void add_buttons(int top);
    Answer answer_to(const newtExitStruct &exit);
    Key key_of(const newtExitStruct &exit);
    Key signal_received();

    const std::string heading_;
    partitions::base::FileDescriptor signals_;
    std::optional<Screen> shown_;  ///< as the form shows it
    newtComponent form_ = nullptr; ///< owns the components below
    newtComponent text_ = nullptr;
    newtComponent list_ = nullptr;
    std::vector<newtComponent> entries_;
    newtComponent next_ = nullptr;
    newtComponent back_ = nullptr;
    newtComponent leave_ = nullptr;
};

} // namespace updater::wizard
