// Three-way merge of files that give values to names, name by name. Text in, text out.
#pragma once

#include "hooks/etc/keyed_file.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hooks::etc {

struct ParameterMerge {
    std::string text;
    KeyValues values;                   ///< what each name in the text is set to
    std::vector<std::string> conflicts; ///< names that both sides changed; the administrator's value stays
};

/// The administrator's text (mine) with the values that only the new image changed, and its new names at the
/// end of their section. All lines of one name come from one side: their order decides which takes effect,
/// and must not depend on where a merge puts them. Comments are the administrator's. Nothing if one of the
/// texts is not in this grammar.
std::optional<ParameterMerge> merge_parameters(const KeyedGrammar &grammar, std::string_view base,
                                               std::string_view mine, std::string_view theirs);

/// For files of unknown grammar. Returns what look like names at the beginnings of lines, where both sides
/// changed them differently and `merged` (a merge by lines) has more than one line of them. One such line may
/// override the other.
std::vector<std::string> names_changed_on_both_sides(std::string_view base, std::string_view mine,
                                                     std::string_view theirs, std::string_view merged);

} // namespace hooks::etc
