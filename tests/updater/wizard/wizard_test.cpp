// The keys of the wizard, its messages and its question before leaving, with pages that the test makes.
#include "updater/wizard/wizard.hpp"

#include "updater/control/client.hpp"

#include <deque>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::wizard;
using control::ExitCode;

namespace {

/// Presses one key after the other and keeps what was shown.
class ScriptedView : public View {
  public:
    explicit ScriptedView(std::deque<Answer> answers) : answers_(std::move(answers)) {}

    Size size() const override { return {70, 16}; }
    Answer show(const Screen &screen) override {
        shown.push_back(screen);
        if (answers_.empty())
            return {.key = Key::lost};
        const Answer answer = answers_.front();
        answers_.pop_front();
        return answer;
    }
    std::string titles() const {
        std::string titles;
        for (const Screen &screen : shown)
            titles += (titles.empty() ? "" : ", ") + screen.title;
        return titles;
    }

    std::vector<Screen> shown;

  private:
    std::deque<Answer> answers_;
};

class TestPage : public Page {
  public:
    explicit TestPage(const char *title) { made.title = title; }

    Screen screen(const Size &) const override { return made; }
    bool look_again() override {
        if (agent_is_away)
            throw control::AgentUnreachable("the agent does not answer");
        return passes_by_itself;
    }
    std::string leave(const Answer &) override { return problem; }

    Screen made;
    std::string problem;
    bool passes_by_itself = false;
    bool agent_is_away = false;
};

} // namespace

TEST_GROUP(Wizard) {
    TestPage first{"first"};
    TestPage last{"last"};

    End run(ScriptedView & view) {
        return wizard::Wizard(view, Course({&first, &last}, 0),
                              [] {
                                  return End{ExitCode::done, "it is over"};
                              })
            .run();
    }
};

TEST(Wizard, ends_behind_the_last_page) {
    ScriptedView view({{.key = Key::next}, {.key = Key::back}, {.key = Key::next}, {.key = Key::next}});
    const End end = run(view);
    STRCMP_EQUAL("first, last, first, last", view.titles().c_str());
    STRCMP_EQUAL("it is over", end.text.c_str());
    CHECK(end.code == ExitCode::done);
}

TEST(Wizard, does_nothing_for_a_key_that_the_page_does_not_have) {
    first.made.next = "";
    first.made.back = false;
    ScriptedView view({{.key = Key::next}, {.key = Key::back}, {.key = Key::nothing}});
    run(view);
    STRCMP_EQUAL("first, first, first, first", view.titles().c_str());
}

TEST(Wizard, says_what_keeps_a_page_from_being_left) {
    first.problem = "fill in the field";
    ScriptedView view({{.key = Key::next}, {.key = Key::next}});
    run(view);
    STRCMP_EQUAL("first, Not yet, first", view.titles().c_str());
    STRCMP_EQUAL("fill in the field", view.shown[1].lines.at(0).c_str());
}

TEST(Wizard, keeps_what_was_typed_and_chosen_while_the_page_stays) {
    first.made.fields = {{"When", "now"}};
    first.made.choices = {"one", "two"};
    first.problem = "no";
    const Answer typed{.key = Key::next, .chosen = 1, .values = {"Sun 03:00"}};
    ScriptedView view({typed, {.key = Key::next}});
    run(view);
    STRCMP_EQUAL("Sun 03:00", view.shown[2].fields.at(0).value.c_str());
    LONGS_EQUAL(1, view.shown[2].chosen);
}

TEST(Wizard, goes_on_by_itself_when_a_page_that_waits_has_passed) {
    first.made.waits = true;
    first.passes_by_itself = true;
    ScriptedView view({{.key = Key::nothing}, {.key = Key::next}});
    CHECK(run(view).code == ExitCode::done);
    STRCMP_EQUAL("first, last", view.titles().c_str());
}

TEST(Wizard, tells_that_the_agent_is_away_and_goes_on) {
    first.made.waits = true;
    first.agent_is_away = true;
    ScriptedView view({{.key = Key::nothing}, {.key = Key::next}, {.key = Key::next}, {.key = Key::next}});
    CHECK(run(view).code == ExitCode::done);
    STRCMP_EQUAL("first, The agent does not answer, first, last", view.titles().c_str());
}

TEST(Wizard, asks_before_it_is_left) {
    ScriptedView view({{.key = Key::leave}, {.key = Key::back}, {.key = Key::leave}, {.key = Key::next}});
    const End end = run(view);
    STRCMP_EQUAL("first, Leave the wizard?, first, Leave the wizard?", view.titles().c_str());
    CHECK(end.code == ExitCode::cancelled);
    STRCMP_EQUAL("Nothing was begun, and the appliance is unchanged.\n", end.text.c_str());
}

TEST(Wizard, ends_when_nobody_is_there_any_more_or_a_signal_asks) {
    ScriptedView gone({{.key = Key::lost}});
    CHECK(run(gone).code == ExitCode::hung_up);
    ScriptedView ended({{.key = Key::ended}});
    CHECK(run(ended).code == ExitCode::terminated);
    ScriptedView gone_in_the_question({{.key = Key::leave}, {.key = Key::lost}});
    CHECK(run(gone_in_the_question).code == ExitCode::hung_up);
}
