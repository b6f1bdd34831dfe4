// The kinds of values in a manifest: names, versions, numbers. Knows nothing of what the elements mean.
// Internal to this folder. Every function throws xml::DocumentError.
#pragma once

#include "updater/firmware/version.hpp"
#include "updater/xml/element.hpp"

#include <cstdint>
#include <string>

namespace updater::firmware::manifest_values {

/// Names end up in paths and messages: up to 64 letters, digits and "._-+", the first a letter or digit.
std::string name_in_attribute(xml::Element &element, const char *name);
std::string name_in_text(xml::Element element);

/// `text` is a value of `element`.
Version parse_version(const xml::Element &element, const std::string &text);

/// Decimal without leading zeros, at most `max`.
std::uint64_t number_in_attribute(xml::Element &element, const char *name, std::uint64_t max);

/// Any text, in an element that holds nothing else.
std::string whole_text(xml::Element element);

} // namespace updater::firmware::manifest_values
