// What may stand in an element of the manifest, checked before its values are taken. Knows nothing of what
// the elements mean. Internal to this folder. Everything throws FirmwareRefused (wrong_manifest).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <tinyxml2.h>

namespace updater::firmware::manifest_xml {

using Names = std::initializer_list<std::string_view>;

/// What an element may contain; everything else is an error.
struct Shape {
    Names attributes = {};
    Names optional_attributes = {};
    Names children = {};          ///< each exactly once
    Names optional_children = {}; ///< each at most once
    Names repeated_children = {}; ///< any number of times
    bool text = false;
};

[[noreturn]] void refuse(const std::string &what);

/// "<name> in line 7", for messages.
std::string where(const tinyxml2::XMLElement &element);

/// Refuses what the shape does not name, and what is missing from it.
void check(const tinyxml2::XMLElement &element, const Shape &shape);

const tinyxml2::XMLElement &child(const tinyxml2::XMLElement &element, const char *name);

std::string attribute_of(const tinyxml2::XMLElement &element, const char *name);
/// Decimal, no more than `most`.
std::uint64_t number_in_attribute(const tinyxml2::XMLElement &element, const char *name, std::uint64_t max);
/// Names end up in paths and messages: up to 64 letters, digits and "._-+", the first a letter or digit.
std::string name_in_attribute(const tinyxml2::XMLElement &element, const char *name);
std::string name_in_text(const tinyxml2::XMLElement &element);

/// Without blanks at both ends.
std::string text_of(const tinyxml2::XMLElement &element);
/// These texts are shown on terminals, where control characters could do harm.
std::string checked_text(const tinyxml2::XMLElement &element, std::string text);

} // namespace updater::firmware::manifest_xml
