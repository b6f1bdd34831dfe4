// $(FILE:...) macros are found wherever they fall in the text of a policy object.
#include "hooks/policy/macro_search.hpp"

#include <openssl/evp.h>
#include <tinyxml2.h>

#include <CppUTest/TestHarness.h>

using namespace hooks;
using namespace hooks::policy;

namespace {

std::string base64(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char *>(text.data()),
                                       reinterpret_cast<const unsigned char *>(bytes.data()),
                                       static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

std::string broken_every(std::size_t length, const std::string &line_end, std::string_view text) {
    std::string result;
    for (; !text.empty(); text.remove_prefix(std::min(length, text.size())))
        result += std::string(text.substr(0, length)) + line_end;
    return result;
}

// The paths found, a line each.
std::string paths(const std::vector<Macro> &macros) {
    std::string result;
    for (const Macro &macro : macros)
        result += macro.path + (macro.complete ? "\n" : " (incomplete)\n");
    return result;
}

std::string paths_in_xml(const std::string &xml) {
    tinyxml2::XMLDocument document;
    CHECK_EQUAL(tinyxml2::XML_SUCCESS, document.Parse(xml.c_str()));
    return paths(find_macros(document));
}

const std::string macro = "$(FILE:/etc/a b.txt)";

} // namespace

TEST_GROUP(MacroSearch){};

TEST(MacroSearch, finds_a_macro_at_every_alignment_and_length) {
    for (std::size_t before = 0; before < 7; ++before)
        for (std::size_t after = 0; after < 4; ++after) {
            const std::string text = std::string(before, '#') + macro + std::string(after, '\n');
            STRCMP_EQUAL("/etc/a b.txt\n", paths(find_macros_in_text(base64(text))).c_str());
        }
}

TEST(MacroSearch, finds_it_behind_text_that_looks_like_base64_itself) {
    for (std::size_t length = 0; length < 9; ++length) {
        const std::string text = std::string("ABCDefgh9").substr(0, length) + base64("x" + macro);
        STRCMP_EQUAL("/etc/a b.txt\n", paths(find_macros_in_text(text)).c_str());
    }
}

TEST(MacroSearch, finds_it_in_base64_that_is_broken_anywhere) {
    for (std::size_t width = 1; width < 30; ++width)
        for (const std::string line_end : {"\n", "\r\n", " ", "\n\t    "}) {
            const std::string text = broken_every(width, line_end, base64("ab" + macro + "\nmore words\n"));
            STRCMP_EQUAL("/etc/a b.txt\n", paths(find_macros_in_text(text)).c_str());
        }
}

TEST(MacroSearch, knows_these_shapes) {
    struct Case {
        const char *what;
        std::string text;
        const char *found;
    };
    const Case cases[] = {
        {"plain text", "see " + macro + " please", "/etc/a b.txt\n"},
        {"two in one text", "$(FILE:/a)$(FILE:/b)", "/a\n/b\n"},
        {"the same twice", "$(FILE:/a) $(FILE:/a)", "/a\n/a\n"},
        {"two in base64", base64("$(FILE:/a)\n$(FILE:/b)"), "/a\n/b\n"},
        {"two pieces of base64", base64("1$(FILE:/a)") + "," + base64("22$(FILE:/b)"), "/a\n/b\n"},
        {"padding in the middle", base64("1") + base64("$(FILE:/abc)"), "/abc\n"},
        {"no padding", "JChGSUxFOi9hYik", "/ab\n"},
        {"a data address", "data:text/plain;base64," + base64(macro), "/etc/a b.txt\n"},
        {"the alphabet for file names", "Pz8_JChGSUxFOi9hKT8_Pw==", "/a\n"},
        {"base64 in base64", base64("x" + base64("yy" + macro)), "/etc/a b.txt\n"},
        {"three times", base64(base64("1" + base64("22" + macro))), "/etc/a b.txt\n"},
        {"a blank instead of the colon", "$(FILE /a)", "/a\n"},
        {"nothing instead of the colon", "$(FILE/a)", "/a\n"},
        {"another macro", "$(FILENAME)", ""},
        {"no end", "$(FILE:/a", "/a (incomplete)\n"},
        {"the shortest", base64("$(FILE:/)"), "/\n"},
        {"nothing", "", ""},
        {"no macro", base64("some words that nobody sends us"), ""},
    };
    for (const Case &row : cases)
        STRCMP_EQUAL_TEXT(row.found, paths(find_macros_in_text(row.text)).c_str(), row.what);
}

TEST(MacroSearch, looks_into_every_part_of_a_document) {
    const std::string encoded = base64("-" + macro);
    const std::string half = encoded.substr(0, 9);
    const std::string rest = encoded.substr(9);
    struct Case {
        const char *what;
        std::string xml;
    };
    const Case cases[] = {
        {"text", "<policy><list>" + encoded + "</list></policy>"},
        {"an unknown element, deep down", "<policy><a><b><c>" + encoded + "</c></b></a></policy>"},
        {"an attribute", "<policy><list note='" + encoded + "'/></policy>"},
        {"an attribute of the root", "<policy note='" + macro + "'/>"},
        {"CDATA", "<policy><list><![CDATA[" + encoded + "]]></list></policy>"},
        {"half CDATA", "<policy><list>" + half + "<![CDATA[" + rest + "]]></list></policy>"},
        {"around a comment", "<policy><list>" + half + "<!-- here -->" + rest + "</list></policy>"},
        {"line ends as references", "<policy><list>" + half + "&#13;&#10;" + rest + "</list></policy>"},
        {"characters as references", "<policy><list>&#x24;(FILE:/etc/a b.txt)</list></policy>"},
        {"text behind an element", "<policy><list><x/>" + encoded + "</list></policy>"},
    };
    for (const Case &row : cases)
        STRCMP_EQUAL_TEXT("/etc/a b.txt\n", paths_in_xml(row.xml).c_str(), row.what);
}

TEST(MacroSearch, does_not_search_comments) {
    STRCMP_EQUAL("", paths_in_xml("<policy><!-- $(FILE:/a) --></policy>").c_str());
}
