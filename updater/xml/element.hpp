// One XML element, read strictly: a reader asks for what it knows, and anything else is an error that names
// document, line and what is allowed. Knows nothing of what the elements mean.
#pragma once

#include "partitions/base/sha256.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tinyxml2 {
class XMLDocument;
class XMLElement;
} // namespace tinyxml2

namespace updater::xml {

/// Every function throws DocumentError. Call finish() after reading everything; read_document() does it for
/// the outermost element. Texts are shown on terminals, so none may hold control characters except line
/// breaks and tabs.
class Element {
  public:
    /// `document`: its name in messages.
    Element(const tinyxml2::XMLElement &element, std::string document)
        : element_(&element), document_(std::move(document)) {}

    std::string name() const;

    /// An attribute is never empty.
    std::string text_attribute(const char *name);
    std::optional<std::string> optional_attribute(const char *name);
    /// Starts with '/'; no part is "." or "..".
    std::string path_attribute(const char *name);
    /// A whole number in decimal. Without `if_absent` the attribute is required.
    std::uint64_t number_attribute(const char *name, std::uint64_t min, std::uint64_t max,
                                   std::optional<std::uint64_t> if_absent = std::nullopt);
    /// One of two words: true for `yes`.
    bool choice_attribute(const char *name, const char *yes, const char *no, bool if_absent);
    partitions::base::Sha256 sha256_attribute(const char *name);

    /// Text of an element without child elements, without blanks at both ends.
    std::string text();

    /// Exactly one.
    Element child(const char *name);
    /// None or one.
    std::optional<Element> optional_child(const char *name);
    /// Any number of them, with any of these names, in the order of the document.
    std::vector<Element> children(std::initializer_list<const char *> names);
    std::vector<Element> children(const char *name) { return children({name}); }

    /// Refuses attributes, elements and text that nobody asked for.
    void finish() const;
    /// Refuses the document because of this element.
    [[noreturn]] void complain(const std::string &what) const;

  private:
    std::string checked(std::string text, const std::string &where) const;
    void finish_attributes() const;

    const tinyxml2::XMLElement *element_;
    std::string document_;
    std::set<std::string> known_attributes_;
    std::set<std::string> known_children_;
    bool text_is_known_ = false;
};

} // namespace updater::xml
