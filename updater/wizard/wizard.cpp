#include "updater/wizard/wizard.hpp"

#include "updater/control/client.hpp"
#include "updater/wizard/text_lines.hpp"

#include <utility>

namespace updater::wizard {

using control::ExitCode;

namespace {

bool is_end(Key key) {
    return key == Key::lost || key == Key::ended;
}

/// What was typed or chosen stays when the same page is made again.
void keep_what_was_typed(Screen &screen, const Answer &before) {
    if (before.values.size() == screen.fields.size())
        for (std::size_t index = 0; index < screen.fields.size(); ++index)
            screen.fields[index].value = before.values[index];
    if (before.chosen < screen.choices.size())
        screen.chosen = before.chosen;
}

} // namespace

Wizard::Wizard(View &view, Course course, std::function<End()> outcome)
    : view_(view), course_(std::move(course)), outcome_(std::move(outcome)) {}

Key Wizard::ask(const Screen &screen) {
    for (;;) {
        const Key key = view_.show(screen).key;
        if (is_end(key))
            gone_ = key;
        if (key != Key::nothing)
            return key;
    }
}

void Wizard::tell(const std::string &title, const std::string &text) {
    ask({.title = title, .lines = lines_of(text, view_.size().columns), .next = "Understood", .back = false});
}

bool Wizard::succeeds(const std::function<void()> &action) {
    try {
        action();
        return true;
    } catch (const control::AgentUnreachable &error) {
        tell("The agent does not answer",
             std::string(error.what()) + "\nIs the agent running? systemctl status update-agent");
    } catch (const std::exception &error) {
        tell("Not possible", error.what());
    }
    return false;
}

bool Wizard::wants_to_leave(const std::string &what_happens_then) {
    return ask({.title = "Leave the wizard?",
                .lines = lines_of(what_happens_then, view_.size().columns),
                .next = "Leave"}) == Key::next;
}

void Wizard::go_forward(const Answer &answer) {
    succeeds([&] {
        if (const std::string problem = course_.now().leave(answer); !problem.empty())
            tell("Not yet", problem);
        else
            over_ = !course_.forward();
    });
}

void Wizard::go_on_by_itself() {
    succeeds([&] {
        if (course_.now().look_again())
            over_ = !course_.forward();
    });
}

End Wizard::run() {
    if (!succeeds([&] { course_.now().enter(); }))
        return {ExitCode::failed, ""};
    Page *shown = nullptr;
    Answer answer;
    while (!over_ && !is_end(gone_)) {
        Screen screen = course_.now().screen(view_.size());
        if (shown == &course_.now())
            keep_what_was_typed(screen, answer);
        shown = &course_.now();
        answer = view_.show(screen);
        if (answer.key == Key::next && !screen.next.empty())
            go_forward(answer);
        else if (answer.key == Key::back && screen.back)
            course_.back();
        else if (answer.key == Key::nothing && screen.waits)
            go_on_by_itself();
        else if (is_end(answer.key))
            gone_ = answer.key;
        else if (answer.key == Key::leave) {
            const Leaving leaving = course_.now().if_left();
            if (wants_to_leave(leaving.text))
                return {leaving.code, leaving.text + "\n"};
        }
    }
    if (is_end(gone_))
        return {gone_ == Key::lost ? ExitCode::hung_up : ExitCode::terminated, ""};
    return outcome_();
}

} // namespace updater::wizard
