// The tables of codes are complete and consistent, and no code of an earlier release is missing.
#include "test_data.hpp"
#include "tests/support/file_contents.hpp"
#include "updater/messages/message.hpp"

#include <filesystem>
#include <regex>
#include <sstream>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater::messages;

namespace {

/// "UC0412 Whether …", a line for each code.
std::string codes_and_titles() {
    std::string lines;
    for (const Message &message : all_messages())
        lines += text_of(message.code) + " " + std::string(message.title) + "\n";
    return lines;
}

std::string name_found(const char *typed) {
    const auto message = message_of(typed);
    return message ? text_of(message->code) : "none";
}

} // namespace

TEST_GROUP(Message){};

TEST(Message, a_code_has_four_digits) {
    STRCMP_EQUAL("UC0001", text_of(Code::unexpected).c_str());
    STRCMP_EQUAL("UC0412", text_of(Code::check_space).c_str());
    STRCMP_EQUAL("UC1001", text_of(Code::time_refused).c_str());
}

TEST(Message, every_code_stands_once_and_they_rise) {
    unsigned last = 0;
    for (const Message &message : all_messages()) {
        CHECK_TEXT(static_cast<unsigned>(message.code) > last, text_of(message.code).c_str());
        last = static_cast<unsigned>(message.code);
    }
}

TEST(Message, every_code_says_what_it_means_the_state_and_what_to_do) {
    for (const Message &message : all_messages()) {
        const std::string code = text_of(message.code);
        CHECK_TEXT(!message.title.empty() && !message.title.ends_with('.'), code.c_str());
        CHECK_TEXT(message.title.find('\n') == std::string_view::npos, code.c_str());
        CHECK_TEXT(message.state.size() > 10 && message.next.size() > 10, code.c_str());
    }
}

// Whoever changes a line of this file changes a contract: log collectors and people know codes by what they
// meant. New lines are added.
TEST(Message, no_code_that_was_committed_is_missing_or_means_something_else) {
    const std::string committed =
        test_files::read_file(std::filesystem::path(TEST_DATA_FOLDER) / "codes.txt");
    STRCMP_EQUAL(committed.c_str(), codes_and_titles().c_str());
}

TEST(Message, is_found_by_what_people_type) {
    for (const char *typed : {"UC0412", "uc0412", "0412", "412", "[UC0412]", "UC412"})
        STRCMP_EQUAL("UC0412", name_found(typed).c_str());
    for (const char *typed : {"", "UC", "UC9999", "UC00412", "x", "UC04 12", "-412", "UC0412x", "[]"})
        STRCMP_EQUAL("none", name_found(typed).c_str());
}

TEST(Message, the_form_of_a_code_is_checked) {
    for (const char *text : {"UC0412", "UC9999"})
        CHECK(is_code(text));
    for (const char *text : {"", "UC041", "UC04122", "uc0412", "UC041x", "XX0412"})
        CHECK(!is_code(text));
}

TEST(Message, the_manual_page_has_every_code_with_its_texts) {
    const std::string page = manual_page();
    for (const Message &message : all_messages())
        CHECK_TEXT(page.find(".It Sy " + text_of(message.code) + "\n") != std::string::npos,
                   text_of(message.code).c_str());
}

TEST(Message, the_manual_page_has_no_line_that_troff_would_take_for_a_request) {
    const std::string page = manual_page();
    const std::string codes = page.substr(page.find(".It Sy"));
    const std::regex request(R"(\.It Sy UC[0-9]{4}|\.Pp|\.El|\.Sh SEE ALSO|\.Xr update-control 8)");
    std::istringstream lines(codes);
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with('.') || line.starts_with('\''))
            CHECK_TEXT(std::regex_match(line, request), line.c_str());
}
