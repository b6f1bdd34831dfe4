// Finds the $(FILE:/path) macros of policy objects, wherever they stand. Opens no file. Format:
// image/product/policy-format.md, "Text and macros".
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace tinyxml2 {
class XMLDocument;
}

namespace hooks::policy {

/// One occurrence of a macro. Two occurrences of one path are two macros.
struct Macro {
    std::string path;     ///< as written, not normalized
    bool complete = true; ///< false: no closing parenthesis follows; path is then what could be read
    auto operator<=>(const Macro &) const = default;
};

/// The macros in a text: in plain text, and in any base64 in it.
///
/// Base64 is not recognized by where it is declared but tried: every run of at least twelve base64 characters
/// (both alphabets of RFC 4648; blanks and line breaks in it do not count) is decoded from each of its first
/// four characters, because whatever precedes the encoded part can be of any length. So a macro is found at
/// each of the three alignments, in elements nobody knows, and after a prefix that looks like base64 itself.
/// Base64 within base64 is followed to a depth of three. Not found: macros in compressed or encrypted data,
/// in UTF-16, and in base64 that is interrupted by characters that are neither base64 nor white space.
std::vector<Macro> find_macros_in_text(std::string_view text);

/// The macros in all texts of a document: attribute values, text, CDATA; text that a comment or a CDATA
/// boundary interrupts counts as one. Comments themselves are not searched: no program reads them. Sorted.
std::vector<Macro> find_macros(const tinyxml2::XMLDocument &policy);

} // namespace hooks::policy
