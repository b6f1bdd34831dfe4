// Files that give values to names, in the grammars of /etc: which file has which grammar, and its lines. Text
// in, lines out. Formats: postconf(5), master(5), aliases(5), sshd_config(5), sysctl.conf(5),
// systemd.syntax(7), login.defs(5), nsswitch.conf(5); PostgreSQL, "Setting Parameters via the Configuration
// File".
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hooks::etc {

enum class Continuation {
    none,
    leading_blank, ///< a line that begins with a blank belongs to the one before it
    backslash,     ///< a line that ends with a backslash goes on in the next one
};

enum class Sections {
    none,
    brackets, ///< "[Name]"
    match,    ///< sshd_config and ssh_config: "Match …" and "Host …", up to the next one
};

/// How a file is read. Its names are independent of each other: the order of lines matters only among lines
/// with the same name in the same section.
struct KeyedGrammar {
    std::string_view separators; ///< what may stand between name and value
    std::string_view comments = "#";
    Continuation continuation = Continuation::none;
    Sections sections = Sections::none;
    bool folds_case = false;
    bool allows_bare_names = false; ///< a name without a value
    std::size_t words_in_name = 1;  ///< more than one: words between blanks
    bool is_sysctl = false;         ///< '/' is '.', a leading '-' is no part of the name
    bool is_shell = false;          ///< a quoted value may not go on in the next line
};

/// The grammar of the file with this path below /etc; nothing unless its names are known to be independent.
const KeyedGrammar *keyed_grammar_at(std::string_view relative_path);

/// Whether the lines of this file are rules that are tried in order: a merge by lines could put a rule of one
/// side before one of the other.
bool order_of_lines_decides(std::string_view relative_path);

/// A name with its value and the lines that continue it; or (name empty) a comment, a blank line, a section's
/// header.
struct KeyedLine {
    std::string section;
    std::string name;
    std::string text;  ///< as it stands, ends with a line end
    std::string value; ///< white space made single blanks, to compare
    bool is_header = false;
};

/// Nothing if a line does not match the grammar, or if a section occurs twice, since the two are then
/// independent.
std::optional<std::vector<KeyedLine>> read_keyed_lines(const KeyedGrammar &grammar, std::string_view text);

/// Section and name.
using Key = std::pair<std::string, std::string>;
using KeyValues = std::map<Key, std::vector<std::string>>;
/// All values of each name, in their order.
KeyValues values_by_key(const std::vector<KeyedLine> &lines);

} // namespace hooks::etc
