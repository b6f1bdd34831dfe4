// What the feed and the lists of keys have in common as XML. Internal to this folder.
#pragma once

#include "updater/configuration/appliance.hpp"
#include "updater/configuration/strict_element.hpp"
#include "updater/feed/feed_error.hpp"
#include "updater/text/printable.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <tinyxml2.h>

namespace updater::feed {

/// What a document is, for messages ("feed", "list of keys"), and what it may be.
struct FeedXml {
    std::string what;
    const char *root;
    std::size_t max_bytes;
    const char *format;
};

/// Texts are shown on terminals, where control characters could do harm. A carriage return would not even
/// come back when the text was written and read again.
inline void require_printable(const configuration::StrictElement &element, std::string_view text) {
    if (text::holds_control_characters(text))
        element.complain("holds control characters");
}

/// Nothing beside it but comments and the XML declaration.
inline bool is_alone(const tinyxml2::XMLElement &root) {
    for (const tinyxml2::XMLNode *node = root.GetDocument()->FirstChild(); node; node = node->NextSibling())
        if (node != &root && !node->ToComment() && !node->ToDeclaration())
            return false;
    return true;
}

/// Reads a whole document: `read` gets the outermost element, whose format is known. All that is wrong
/// becomes FeedRefused (wrong_feed, unsupported_format).
template <typename Read> auto read_document(std::string_view xml, const FeedXml &kind, const Read &read) {
    const std::string the_document = "the " + kind.what;
    const auto wrong = [](const std::string &what) { return FeedRefused(FeedRefusal::wrong_feed, what); };
    if (xml.size() > kind.max_bytes)
        throw wrong(the_document + " is longer than the " + std::to_string(kind.max_bytes) +
                    " bytes that are read");
    // The parser would take it for the end.
    if (xml.find('\0') != std::string_view::npos)
        throw wrong(the_document + " has a zero byte in it");
    tinyxml2::XMLDocument document;
    if (document.Parse(xml.data(), xml.size()) != tinyxml2::XML_SUCCESS)
        throw wrong(the_document + " is not XML: " + document.ErrorStr());
    const tinyxml2::XMLElement *root = document.RootElement();
    if (!root || std::string_view(root->Name()) != kind.root)
        throw wrong("the outermost element of " + the_document + " is not <" + kind.root + ">");
    if (!is_alone(*root))
        throw wrong(the_document + " has something beside its outermost element");
    try {
        configuration::StrictElement element(*root, the_document);
        if (const std::string found = element.text_attribute("format"); found != kind.format)
            throw FeedRefused(FeedRefusal::unsupported_format, the_document + " has the format " +
                                                                   found.substr(0, 16) +
                                                                   ", this version reads " + kind.format);
        return read(element);
    } catch (const configuration::ConfigurationError &error) {
        throw wrong(error.what());
    }
}

/// `fill` gets the outermost element, which has its format.
template <typename Fill> std::string write_document(const FeedXml &kind, const Fill &fill) {
    tinyxml2::XMLDocument document;
    document.InsertEndChild(document.NewDeclaration());
    tinyxml2::XMLElement &root = *document.NewElement(kind.root);
    document.InsertEndChild(&root);
    root.SetAttribute("format", kind.format);
    fill(root);
    tinyxml2::XMLPrinter printer;
    document.Print(&printer);
    return {printer.CStr(), static_cast<std::size_t>(printer.CStrSize() - 1)};
}

} // namespace updater::feed
