#include "updater/wizard/newt_view.hpp"

#include "updater/control/progress_line.hpp"
#include "updater/wizard/text_lines.hpp"

#include <algorithm>
#include <clocale>
#include <csignal>
#include <cstring>
#include <langinfo.h>
#include <slang.h>
#include <string_view>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace updater::wizard {

namespace {

constexpr int control_c = 3;
constexpr int control_x = 24;
constexpr int escape = 27;
constexpr int poll_ms = 500;

/// The window without its border stands here; what the screen has on the other sides is border, shadow and
/// help line.
constexpr int window_left = 2;
constexpr int window_top = 2;
constexpr int columns_around = 5;
constexpr int rows_around = 5;
constexpr int margin = 1;              ///< at the left
constexpr int columns_beside_text = 4; ///< margins, and a scroll bar with a gap
constexpr int button_rows = 2;         ///< an empty one above

struct ScreenSize {
    int columns = 0;
    int rows = 0;
};

ScreenSize inner_size() {
    ScreenSize size;
    newtGetScreenSize(&size.columns, &size.rows);
    constexpr int min_columns = 20;
    constexpr int min_rows = 6;
    return {std::max(size.columns - columns_around, min_columns),
            std::max(size.rows - rows_around, min_rows)};
}

bool terminal_is_utf8() {
    return std::strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/// As this terminal can show it.
std::string shown_text(std::string_view text) {
    std::string cleaned = without_controls(text);
    if (terminal_is_utf8())
        return cleaned;
    std::string ascii;
    for (const char byte : cleaned) {
        const auto code = static_cast<unsigned char>(byte);
        if (code < 0x80U)
            ascii += byte;
        else if (code >= 0xC0U)
            ascii += '?';
    }
    return ascii;
}

std::string shown_lines(const std::vector<std::string> &lines) {
    std::string text;
    for (const std::string &line : lines)
        text += shown_text(line) + "\n";
    return text;
}

std::string one_line(std::string_view text, int columns) {
    std::vector<std::string> lines = lines_of(text, static_cast<std::size_t>(std::max(columns, 1)));
    return lines.empty() ? "" : shown_text(lines.front());
}

bool differ_in_lines_only(const Screen &one, const Screen &other) {
    Screen same = one;
    same.lines = other.lines;
    return same == other;
}

int count_of(const std::vector<std::string> &texts) {
    return static_cast<int>(texts.size());
}

} // namespace

void require_terminal() {
    if (isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0)
        throw NoTerminal(
            "the wizard needs a terminal; over SSH: ssh -t root@APPLIANCE update-control --wizard. "
            "Without one use: update-control -i fw");
    if (SLtt_initialize(nullptr) != 0)
        throw NoTerminal(
            "the wizard cannot place text on this terminal: TERM is unset or unknown here. Try: TERM=vt100 "
            "update-control --wizard, or use: update-control -i fw");
}

NewtView::NewtView(std::string heading) : heading_(std::move(heading)) {
    std::setlocale(LC_ALL, "");
    sigset_t received{};
    sigemptyset(&received);
    for (const int signal : {SIGWINCH, SIGTERM, SIGINT})
        sigaddset(&received, signal);
    // Blocked as long as the program runs: newt's own handler would only note that the size has changed.
    if (const int result = pthread_sigmask(SIG_BLOCK, &received, nullptr); result != 0)
        throw std::system_error(result, std::generic_category(), "cannot block signals");
    signals_ = partitions::base::FileDescriptor(signalfd(-1, &received, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals_.valid())
        throw std::system_error(errno, std::generic_category(), "signalfd");
    open_terminal();
}

NewtView::~NewtView() {
    remove_form();
    newtFinished();
}

void NewtView::open_terminal() {
    newtInit();
    newtCls();
    newtDrawRootText(0, 0, shown_text(heading_).c_str());
    newtPushHelpLine("F12 next  F11/Esc back  Ctrl+X leave  Tab, Enter: buttons");
}

Size NewtView::size() const {
    const ScreenSize inner = inner_size();
    return {static_cast<std::size_t>(inner.columns - columns_beside_text),
            static_cast<std::size_t>(inner.rows - button_rows)};
}

void NewtView::remove_form() {
    if (form_ == nullptr)
        return;
    newtFormDestroy(form_);
    newtPopWindowNoRefresh();
    form_ = text_ = list_ = next_ = back_ = leave_ = nullptr;
    entries_.clear();
    shown_.reset();
}

void NewtView::add_choices(int top, int height) {
    const Screen &screen = *shown_;
    const bool scrolls = count_of(screen.choices) > height;
    list_ = newtListbox(margin, top, height, NEWT_FLAG_RETURNEXIT | (scrolls ? NEWT_FLAG_SCROLL : 0));
    const int columns = inner_size().columns - columns_beside_text;
    for (std::size_t index = 0; index < screen.choices.size(); ++index)
        newtListboxAppendEntry(list_, one_line(screen.choices[index], columns - 1).c_str(),
                               &screen.choices[index]);
    newtListboxSetWidth(list_, columns);
    newtListboxSetCurrent(list_, static_cast<int>(screen.chosen));
    newtFormAddComponent(form_, list_);
}

void NewtView::add_fields(int top) {
    std::size_t label_columns = 0;
    for (const Field &field : shown_->fields)
        label_columns = std::max(label_columns, control::width_of(field.label));
    const int left = margin + static_cast<int>(label_columns) + 1;
    for (const Field &field : shown_->fields) {
        newtFormAddComponent(form_, newtLabel(margin, top, shown_text(field.label).c_str()));
        entries_.push_back(newtEntry(left, top++, shown_text(field.value).c_str(),
                                     std::min(inner_size().columns - left - 1, 40), nullptr,
                                     NEWT_FLAG_SCROLL));
        newtFormAddComponent(form_, entries_.back());
    }
}

void NewtView::add_buttons(int top) {
    int left = margin;
    const auto add = [&](const std::string &text) {
        newtComponent button = newtCompactButton(left, top, text.c_str());
        newtFormAddComponent(form_, button);
        constexpr int frame_and_gap = 5;
        left += static_cast<int>(text.size()) + frame_and_gap;
        return button;
    };
    if (!shown_->next.empty())
        next_ = add(shown_->next);
    if (shown_->back)
        back_ = add("Back");
    leave_ = add("Leave");
}

void NewtView::build(const Screen &screen) {
    remove_form();
    shown_ = screen;
    const ScreenSize inner = inner_size();
    newtOpenWindow(window_left, window_top, static_cast<unsigned>(inner.columns),
                   static_cast<unsigned>(inner.rows), one_line(screen.title, inner.columns - 4).c_str());
    form_ = newtForm(nullptr, nullptr, 0);
    const int list_rows = std::min(count_of(screen.choices), inner.rows / 3);
    const int input_rows = list_rows + static_cast<int>(screen.fields.size());
    const int text_rows = std::max(inner.rows - button_rows - input_rows - (input_rows > 0 ? 1 : 0), 1);
    const bool scrolls = count_of(screen.lines) > text_rows;
    text_ = newtTextbox(margin, 0, inner.columns - columns_beside_text, text_rows,
                        scrolls ? NEWT_FLAG_SCROLL : 0);
    newtTextboxSetText(text_, shown_lines(screen.lines).c_str());
    const int input_top = text_rows + 1;
    if (list_rows > 0)
        add_choices(input_top, list_rows);
    add_fields(input_top + list_rows);
    // What the person is likely to use first comes first: input, then text that goes on, then the buttons.
    newtFormAddComponent(form_, text_);
    add_buttons(inner.rows - 1);
    for (const int key : {NEWT_KEY_F11, escape, control_x, control_c})
        newtFormAddHotKey(form_, key);
    // Signals are looked for as often. newtFormWatchFd() would lose memory with every form.
    newtFormSetTimer(form_, poll_ms);
}

Answer NewtView::show(const Screen &screen) {
    if (!shown_ || !differ_in_lines_only(*shown_, screen) || shown_->lines.size() != screen.lines.size()) {
        build(screen);
    } else if (*shown_ != screen) {
        newtTextboxSetText(text_, shown_lines(screen.lines).c_str());
        shown_->lines = screen.lines;
    }
    for (;;) {
        newtExitStruct exit{};
        newtFormRun(form_, &exit);
        const Answer answer = answer_to(exit);
        if (answer.key != Key::nothing || screen.waits || form_ == nullptr)
            return answer;
    }
}

Answer NewtView::answer_to(const newtExitStruct &exit) {
    Answer answer;
    if (list_ != nullptr)
        answer.chosen = static_cast<std::size_t>(
            static_cast<const std::string *>(newtListboxGetCurrent(list_)) - shown_->choices.data());
    for (newtComponent entry : entries_)
        answer.values.emplace_back(without_controls(newtEntryGetValue(entry)));
    answer.key = key_of(exit); // last, because the form may be gone then
    return answer;
}

Key NewtView::key_of(const newtExitStruct &exit) {
    switch (exit.reason) {
    case newtExitStruct::NEWT_EXIT_HOTKEY:
        if (exit.u.key == NEWT_KEY_F12)
            return Key::next;
        return exit.u.key == control_x || exit.u.key == control_c ? Key::leave : Key::back;
    case newtExitStruct::NEWT_EXIT_COMPONENT:
        if (exit.u.co == back_)
            return Key::back;
        return exit.u.co == leave_ ? Key::leave : Key::next;
    case newtExitStruct::NEWT_EXIT_TIMER:
        return signal_received();
    case newtExitStruct::NEWT_EXIT_FDREADY:
    case newtExitStruct::NEWT_EXIT_ERROR:
        break;
    }
    return Key::lost;
}

Key NewtView::signal_received() {
    signalfd_siginfo received{};
    bool resized = false;
    while (read(signals_.number(), &received, sizeof received) == sizeof received)
        if (received.ssi_signo == SIGWINCH)
            resized = true;
        else
            return Key::ended;
    if (resized) {
        // newt takes the size of the terminal when it begins.
        remove_form();
        newtFinished();
        open_terminal();
    }
    return Key::nothing;
}

} // namespace updater::wizard
