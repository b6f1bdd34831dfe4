// The command line, --help, the manual page and the completion of update-hawkbit name the same actions and
// options.
#include "test_data.hpp"
#include "tests/support/file_contents.hpp"
#include "tests/support/found_names.hpp"
#include "updater/hawkbit/program_options.hpp"

#include <array>
#include <filesystem>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater::hawkbit;
using namespace found_names;

namespace {

const std::filesystem::path sources = std::filesystem::path(TEST_DATA_FOLDER) / "../../../updater/hawkbit";

std::string source_text(const char *name) {
    return test_files::read_file(sources / name);
}

std::string section_of_page(const char *begin, const char *end) {
    const std::string page = source_text("update-hawkbit.8");
    const std::size_t from = page.find(begin);
    return page.substr(from, page.find(end, from) - from);
}

/// Without the dashes.
Names names_of_program() {
    Names names;
    for (const std::string &name : option_names())
        names.insert(name.substr(2));
    return names;
}

void check_names(const Names &found) {
    STRCMP_EQUAL(joined_names(names_of_program()).c_str(), joined_names(found).c_str());
}

bool is_understood(const std::string &action, const std::string &option) {
    const std::array words{"update-hawkbit", action.c_str(), option.c_str(), "a text"};
    const int count = option.empty() ? 2 : option == "--remark" ? 4 : 3;
    try {
        read_program_options(count, words.data());
        return true;
    } catch (const UsageError &) {
        return false;
    }
}

} // namespace

TEST_GROUP(HawkbitManual){};

TEST(HawkbitManual, help_names_every_action_and_option) {
    const std::string help = usage_text();
    const std::string list = help.substr(0, help.find("\nSettings:"));
    check_names(found_in(list, "\n      --([a-z-]+) "));
}

TEST(HawkbitManual, the_manual_page_explains_every_action_and_option) {
    check_names(found_in(section_of_page(".Sh ACTIONS", ".Sh SETTINGS"), "\n\\.It Fl \\\\-([a-z-]+)"));
}

TEST(HawkbitManual, its_synopsis_has_every_action_and_option) {
    check_names(found_in(section_of_page(".Sh SYNOPSIS", ".Sh DESCRIPTION"), "\\\\-([a-z-]+)"));
}

TEST(HawkbitManual, completion_offers_every_action_and_option) {
    check_names(found_in(source_text("update-hawkbit.completion"), "--([a-z-]+)[\\s')]"));
}

TEST(HawkbitManual, completion_offers_with_an_action_what_is_understood_with_it) {
    const std::string script = source_text("update-hawkbit.completion");
    for (const std::string &action : option_names()) {
        if (!is_understood(action, ""))
            continue; // an option
        for (const std::string option : {"--json", "--remark"}) {
            const std::string row = action + "[^\n]*\\) mapfile[^\n]*-W '([^\n']*" + option + "[^\n']*)'";
            CHECK_EQUAL_TEXT(is_understood(action, option), !found_in(script, row.c_str()).empty(),
                             (action + " " + option).c_str());
        }
    }
}

TEST(HawkbitManual, each_action_is_understood_alone_and_no_two_together) {
    int actions = 0;
    for (const std::string &action : option_names())
        if (is_understood(action, "")) {
            ++actions;
            for (const std::string &other : option_names())
                CHECK(other == "--json" || other == "--remark" || !is_understood(action, other));
        }
    LONGS_EQUAL(option_names().size() - 2, actions);
}
