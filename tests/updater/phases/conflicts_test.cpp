// Which conflicts end a job, and what an administrator is told then.
#include "updater/job/install_options.hpp"
#include "updater/phases/conflicts.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::phases;
using Strings = std::vector<std::string>;

TEST_GROUP(Conflicts) {
    job::JobFacts facts;
    std::string next_step;

    void setup() override {
        facts.from_version = "2.8.0.0";
        facts.to_version = "2.8.1.0";
        facts.stop_on_conflict = true;
    }
    /// The next step, without what is the same in each. Empty: there is no conflict.
    std::string told_next(const Strings &lines, const Strings &known = {}) {
        told(lines, known);
        const std::string same = "The appliance runs 2.8.0.0 as before. Undo what should not stay. To go on "
                                 "although the rest stays as it is";
        CHECK_TEXT(next_step.starts_with(same), next_step.c_str());
        return next_step.substr(same.size());
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
            next_step = found.next_step();
            return found.what();
        }
        return "";
    }
};

TEST(Conflicts, are_lines_of_conversions_that_say_so) {
    STRCMP_EQUAL("/etc/motd: of both",
                 std::string(conflict_in("etc: conflict /etc/motd: of both").value()).c_str());
    STRCMP_EQUAL("/etc/a: conflict /etc/b: of both",
                 std::string(conflict_in("etc: conflict /etc/a: conflict /etc/b: of both").value()).c_str());
    for (const char *other : {"etc: carried 3, merged 1, conflicts 1, left behind 0", "conflict /etc/motd: x",
                              "etc: conflict about something", "etc: no conflict /etc/motd",
                              "etc: carried /etc/a: conflict /etc/b: of both", ""})
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
    // Where the path ends nobody knows there; what a command names for it covers it all the same.
    CHECK(is_at("/etc/a: b: on both sides", "/etc/a"));
}

TEST(Conflicts, that_are_not_known_are_named_with_the_command_that_goes_on) {
    STRCMP_EQUAL("", told({"etc: carried 1"}).c_str());
    STRCMP_EQUAL("", told({"etc: conflict /etc/motd: of both"}, {"/etc/motd"}).c_str());
    facts.force = true;
    const Strings lines{"etc: conflict /etc/issue: a link", "etc: conflict /etc/motd: of both",
                        "etc: conflict /etc/it's here: of both"};
    STRCMP_EQUAL(
        "2 changes of this appliance in conflict with 2.8.1.0 are not named as known: /etc/issue: a link; "
        "/etc/it's here: of both",
        told(lines, {"/etc/motd"}).c_str());
    STRCMP_EQUAL(": update-control -i fw --force --stop-on-conflict --known-conflict /etc/motd "
                 "--known-conflict /etc/issue --known-conflict '/etc/it'\\''s here'",
                 told_next(lines, {"/etc/motd"}).c_str());
}

TEST(Conflicts, at_the_same_path_count_once) {
    const Strings lines{"etc: conflict /etc/issue: a link", "more: conflict /etc/issue: of both"};
    STRCMP_EQUAL("1 change of this appliance in conflict with 2.8.1.0 is not named as known: /etc/issue: a "
                 "link",
                 told(lines).c_str());
    STRCMP_EQUAL(": update-control -i fw --stop-on-conflict --known-conflict /etc/issue",
                 told_next(lines).c_str());
}

TEST(Conflicts, that_no_command_can_name_get_none_that_stops_again) {
    const std::string folders = ", name the folders that they are in with --known-conflict, or stop at none: "
                                "update-control -i fw";
    Strings many;
    for (int number = 0; number < 21; ++number)
        many.push_back("etc: conflict /etc/file-" + std::to_string(number) + ": of both");
    STRCMP_EQUAL(folders.c_str(), told_next(many).c_str());
    many.pop_back();
    STRCMP_CONTAINS("--known-conflict /etc/file-19", told_next(many).c_str());
    const Strings one{"etc: conflict /etc/issue: of both"};
    STRCMP_EQUAL(folders.c_str(), told_next(one, Strings(job::max_known_conflicts, "/etc/motd")).c_str());
    const std::string too_long = "/etc/" + std::string(job::max_known_conflict_bytes, 'x');
    STRCMP_EQUAL(folders.c_str(), told_next({"etc: conflict " + too_long + ": of both"}).c_str());
}

TEST(Conflicts, without_end_fit_into_the_message) {
    Strings many;
    for (int number = 0; number < 5000; ++number)
        many.push_back("etc: conflict /etc/file-" + std::to_string(number) + ": of both");
    const auto text = told(many);
    STRCMP_CONTAINS("5000 changes", text.c_str());
    STRCMP_CONTAINS("/etc/file-19: of both; and 4980 more, in the log", text.c_str());
    CHECK(text.size() < 4000);
}
