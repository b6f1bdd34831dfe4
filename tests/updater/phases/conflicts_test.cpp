// Which conflicts end a job, and what an administrator is told then.
#include "updater/phases/conflicts.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::phases;
using Strings = std::vector<std::string>;

TEST_GROUP(Conflicts) {
    job::JobFacts facts;

    void setup() override {
        facts.to_version = "2.8.1.0";
        facts.stop_on_conflict = true;
    }
    /// Empty: none.
    std::string told(const Strings &lines, const Strings &known = {}) {
        facts.known_conflicts = known;
        Conflicts conflicts;
        for (const auto &line : lines)
            conflicts.read(line, known);
        try {
            conflicts.require_none(facts);
        } catch (const UnknownConflicts &found) {
            return found.what();
        }
        return "";
    }
};

TEST(Conflicts, are_lines_of_conversions_that_say_so) {
    STRCMP_EQUAL("/etc/motd: of both",
                 std::string(conflict_in("etc: conflict /etc/motd: of both").value()).c_str());
    for (const char *other : {"etc: carried 3, merged 1, conflicts 1, left behind 0", "conflict /etc/motd: x",
                              "etc: conflict about something", "etc: no conflict /etc/motd", ""})
        CHECK_FALSE_TEXT(conflict_in(other).has_value(), other);
}

TEST(Conflicts, are_known_by_their_path_or_a_folder_above) {
    const struct {
        const char *known;
        bool is_it;
    } cases[] = {
        {"/etc/postfix/main.cf", true},
        {"/etc/postfix", true},
        {"/etc/postfix/", true},
        {"/etc", true},
        {"/etc/postfix/main", false},
        {"/etc/post", false},
        {"/etc/motd", false},
        {"main.cf", false},
        {"", false},
        {"/", false},
    };
    for (const auto &row : cases)
        CHECK_EQUAL_TEXT(row.is_it, is_at("/etc/postfix/main.cf: on both sides", row.known), row.known);
    CHECK(is_at("/etc/a: b: on both sides", "/etc/a: b"));
}

TEST(Conflicts, that_are_not_known_are_named_with_the_command_that_goes_on) {
    STRCMP_EQUAL("", told({"etc: carried 1"}).c_str());
    STRCMP_EQUAL("", told({"etc: conflict /etc/motd: of both"}, {"/etc/motd"}).c_str());
    STRCMP_EQUAL(
        "2 changes of this appliance in conflict with 2.8.1.0 are not named as known: /etc/issue: a link; "
        "/etc/it's here: of both. Undo what should not stay. To go on although the rest stays as it is: "
        "update-control -i fw --stop-on-conflict --known-conflict /etc/motd --known-conflict /etc/issue "
        "--known-conflict '/etc/it'\\''s here'",
        told({"etc: conflict /etc/issue: a link", "etc: conflict /etc/motd: of both",
              "etc: conflict /etc/it's here: of both"},
             {"/etc/motd"})
            .c_str());
}

TEST(Conflicts, without_end_fit_into_the_message) {
    Strings many;
    for (int number = 0; number < 5000; ++number)
        many.push_back("etc: conflict /etc/file-" + std::to_string(number) + ": of both");
    const auto text = told(many);
    STRCMP_CONTAINS("5000 changes", text.c_str());
    STRCMP_CONTAINS("/etc/file-19: of both; and 4980 more, in the log.", text.c_str());
    CHECK(text.size() < 4000);
}
