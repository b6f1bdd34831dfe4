// The strict reader: what a document and its elements may hold, and how each fault is named.
#include "updater/xml/document.hpp"

#include <CppUTest/TestHarness.h>

#include <string>
#include <vector>

using namespace updater;
using xml::Element;

namespace {

const xml::DocumentKind kind{.name = "the list", .root = "list", .format = "2", .max_bytes = 400};

struct Contents {
    std::string owner;
    std::vector<std::string> names;
    std::string note;
};

Contents read_list(Element &root) {
    Contents contents;
    contents.owner = root.optional_attribute("owner").value_or("");
    for (Element &item : root.children({"item", "thing"})) {
        contents.names.push_back(item.name() + " " + std::to_string(item.number_attribute("number", 1, 99)));
        item.finish();
    }
    if (auto note = root.optional_child("note")) {
        contents.note = note->text();
        note->finish();
    }
    return contents;
}

Contents read(const std::string &text) {
    return xml::read_document(text, kind, read_list);
}

std::string inside(const std::string &contents) {
    return "<list format=\"2\">\n" + contents + "</list>";
}

} // namespace

TEST_GROUP(XmlDocument){static void check_fault(xml::Fault fault, const std::string &message,
                                                const std::string &text){try {read(text);
FAIL(text.c_str());
}
catch (const xml::DocumentError &error) {
    CHECK_TRUE_TEXT(error.fault() == fault, error.what());
    STRCMP_CONTAINS_TEXT(message.c_str(), error.what(), text.c_str());
}
}
}
;

TEST(XmlDocument, is_read_in_the_order_of_its_elements) {
    const Contents contents = read(
        "\xEF\xBB\xBF<?xml version=\"1.0\"?><!-- c --><list format=\"2\" owner=\"us\"><thing number=\"2\"/>"
        "<item number=\"09\"/><!-- c --><thing number=\"1\"/></list>\n<!-- end -->\n");
    STRCMP_EQUAL("us", contents.owner.c_str());
    CHECK_TRUE((contents.names == std::vector<std::string>{"thing 2", "item 9", "thing 1"}));
}

TEST(XmlDocument, gives_text_without_blanks_at_both_ends) {
    STRCMP_EQUAL("a &\n\tb c",
                 read(inside("<note>\n a &amp;\n\tb<!-- c --><![CDATA[ c]]>\r\n </note>")).note.c_str());
    STRCMP_EQUAL("", read(inside("<note> </note>")).note.c_str());
}

TEST(XmlDocument, is_parsed_only_up_to_its_maximum_length) {
    const std::string text = inside("");
    read(text + std::string(kind.max_bytes - text.size(), ' '));
    check_fault(xml::Fault::too_long, "the list is longer than 400 bytes",
                text + std::string(kind.max_bytes - text.size() + 1, ' '));
}

TEST(XmlDocument, names_the_format_that_is_not_supported_before_anything_else) {
    check_fault(xml::Fault::unsupported_format, "the list has the format 3; this version reads 2",
                "<list format=\"3\"><new-element/></list>");
    check_fault(xml::Fault::unsupported_format, std::string(16, '7') + ";",
                "<list format=\"" + std::string(99, '7') + "\"/>");
    check_fault(xml::Fault::wrong, "line 1: <list> lacks the attribute format", "<list/>");
    check_fault(xml::Fault::wrong, "empty attribute format", "<list format=\"\"/>");
}

TEST(XmlDocument, has_one_outermost_element_and_nothing_beside_it) {
    for (const char *text :
         {"", " ", "list", "<list", "<list format=\"2\">", "<list format=\"2\" format=\"2\"/>"})
        check_fault(xml::Fault::wrong, "not well-formed XML", text);
    check_fault(xml::Fault::wrong, "outermost element must be <list>", "<lists format=\"2\"/>");
    check_fault(xml::Fault::wrong, "not well-formed XML", inside("") + "text");
    check_fault(xml::Fault::wrong, "zero byte", inside("") + std::string(1, '\0'));
    for (const std::string &text : {inside("") + "<list format=\"2\"/>", "<!DOCTYPE list>" + inside("")})
        check_fault(xml::Fault::wrong, "beside its outermost element", text);
}

TEST(XmlDocument, names_the_line_and_what_is_allowed) {
    const struct {
        const char *contents;
        const char *message;
    } cases[] = {
        {"<itme/>",
         "the list, line 1: <list> holds an unknown element <itme> in line 2; allowed: item, note, thing"},
        {"text", "line 1: <list> holds text; only elements are allowed: item, note, thing"},
        {"<!ELEMENT x>", "line 1: <list> holds text"},
        {"<item number=\"1\" colour=\"red\"/>",
         "line 2: <item> has an unknown attribute colour; allowed: number"},
        {"<item number=\"1\">x</item>", "<item> holds text; only elements are allowed: none"},
        {"<item/>", "line 2: <item> lacks the attribute number"},
        {"<item number=\"\"/>", "<item> has an empty attribute number"},
        {"<item number=\"100\"/>", "needs a whole number from 1 to 99 in number, not \"100\""},
        {"<item number=\"0\"/>", "from 1 to 99"},
        {"<item number=\"-1\"/>", "from 1 to 99"},
        {"<item number=\"1x\"/>", "from 1 to 99"},
        {"<item number=\"99999999999999999999\"/>", "from 1 to 99"},
        {"<item number=\"1&#27;\"/>", "<item> holds control characters in number"},
        {"<note/><note/>", "line 1: <list> needs at most one <note>, it has 2"},
        {"<note>a<b/></note>", "line 2: <note> holds the element <b>; only text is allowed"},
        {"<note>a<!b></note>", "line 2: <note> holds a declaration; only text is allowed"},
        {"<note colour=\"red\">a</note>", "<note> has an unknown attribute colour; allowed: none"},
        {"<note>&#27;[2J</note>", "<note> holds control characters"},
    };
    for (const auto &each : cases)
        check_fault(xml::Fault::wrong, each.message, inside(each.contents));
}

TEST(XmlDocument, reads_each_kind_of_attribute) {
    const std::string hash(64, 'a');
    const auto read_with = [](const std::string &attributes, const auto &use) {
        xml::read_document("<list format=\"2\" " + attributes + "/>", kind, [&](Element &root) {
            use(root);
            return 0;
        });
    };
    read_with("path=\"/a/b\" hash=\"" + hash + "\" on=\"yes\"", [&](Element &root) {
        STRCMP_EQUAL("/a/b", root.path_attribute("path").c_str());
        STRCMP_EQUAL(hash.c_str(), partitions::base::to_hexadecimal(root.sha256_attribute("hash")).c_str());
        CHECK_TRUE(root.choice_attribute("on", "yes", "no", false));
        CHECK_FALSE(root.choice_attribute("off", "yes", "no", false));
        LONGS_EQUAL(7, root.number_attribute("absent", 1, 9, 7));
    });
    for (const char *path : {"a", "/a/../b", "/a/."})
        CHECK_THROWS(xml::DocumentError, read_with("path=\"" + std::string(path) + "\"",
                                                   [](Element &root) { root.path_attribute("path"); }));
    CHECK_THROWS(xml::DocumentError,
                 read_with("hash=\"a\"", [](Element &root) { root.sha256_attribute("hash"); }));
    CHECK_THROWS(xml::DocumentError, read_with("on=\"maybe\"", [](Element &root) {
                     root.choice_attribute("on", "yes", "no", false);
                 }));
    CHECK_THROWS(xml::DocumentError, read_with("", [](Element &root) { root.child("item"); }));
}
