// The command line, --help, the manual page and the completion name the same options.
#include "test_data.hpp"
#include "tests/support/file_contents.hpp"
#include "tests/support/found_names.hpp"
#include "updater/control/options.hpp"

#include <filesystem>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater::control;
using namespace found_names;

namespace {

const std::filesystem::path sources = std::filesystem::path(TEST_DATA_FOLDER) / "../../../updater/control";

/// For timers and for authorized_keys: in the manual page only.
const Names for_programs{"forced", "window"};

Names options_of_program(bool with_those_for_programs) {
    Names names;
    for (const option &each : long_options())
        names.insert(each.name);
    names.insert("forced"); // read by main
    if (!with_those_for_programs)
        for (const std::string &name : for_programs)
            names.erase(name);
    return names;
}

/// "-i, --install" for each option that has a letter.
Names pairs_of_program() {
    Names pairs;
    for (const option &each : long_options())
        if (each.val < first_without_letter)
            pairs.insert(std::string("-") + static_cast<char>(each.val) + ", --" + each.name);
    return pairs;
}

std::string manual_page() {
    return test_files::read_file(sources / "update-control.8");
}

void check_same(const Names &expected, const Names &found) {
    STRCMP_EQUAL(joined_names(expected).c_str(), joined_names(found).c_str());
}

} // namespace

TEST_GROUP(Manual){};

TEST(Manual, help_names_every_option_with_its_letter) {
    const std::string help = help_text();
    check_same(options_of_program(false), found_in(help, "--([a-z-]+)"));
    check_same(pairs_of_program(), found_in(help, "\n  (-[A-Za-z], --[a-z-]+)"));
}

TEST(Manual, the_manual_page_explains_every_option_with_its_letter) {
    const std::string page = manual_page();
    check_same(options_of_program(true), found_in(page, "\n\\.It (?:Fl [A-Za-z] , )?Fl \\\\-([a-z-]+)"));
    Names pairs;
    for (const std::string &pair : found_in(page, "\n\\.It Fl ([A-Za-z] , Fl \\\\-[a-z-]+)"))
        pairs.insert("-" + pair.substr(0, 1) + ", --" + pair.substr(pair.find("\\-") + 2));
    check_same(pairs_of_program(), pairs);
}

TEST(Manual, its_synopsis_has_every_option_but_those_for_programs) {
    const std::string page = manual_page();
    const std::size_t begin = page.find(".Sh SYNOPSIS");
    const std::string synopsis = page.substr(begin, page.find(".Sh DESCRIPTION") - begin);
    Names names = found_in(synopsis, "Fl \\\\-([a-z-]+)");
    const std::string letters =
        " " + joined_names(found_in(synopsis, "Fl ([A-Za-z](?: \\| [A-Za-z])*)")) + " ";
    for (const option &each : long_options())
        if (each.val < first_without_letter &&
            letters.find(std::string(" ") + static_cast<char>(each.val) + " ") != std::string::npos)
            names.insert(each.name);
    check_same(options_of_program(false), names);
}

TEST(Manual, completion_offers_every_option) {
    const std::string script = test_files::read_file(sources / "update-control.completion");
    check_same(options_of_program(false), found_in(script, "--([a-z-]+)[\\s')]"));
}

TEST(Manual, help_and_manual_page_have_the_same_exit_codes) {
    const std::string page = manual_page();
    const std::string status = page.substr(page.find(".Sh EXIT STATUS"));
    Names of_page;
    for (const std::string &line : found_in(status, "\n\\.It ([0-9 ,]+)\n"))
        for (const std::string &code : found_in(line, "([0-9]+)"))
            of_page.insert(code);
    const std::string help = help_text();
    const std::string codes = help.substr(help.find("Exit codes:"));
    Names of_help = found_in(codes, "  ([0-9]+)  ");
    for (const std::string &code : found_in(codes, "([0-9]{3})"))
        of_help.insert(code);
    check_same(of_page, of_help);
}
