// Three-way merge of files that assign a value to a name, for when a merge by lines finds a conflict only
// because two different names stand next to each other. Text in, text out. Formats: postconf(5) "main.cf file
// format", aliases(5).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hooks {

// What stands between name and value.
enum class ParameterFile { equals_sign, colon };

// The kind of the file with this path below /etc; nothing if its names must not be merged one by one.
std::optional<ParameterFile> parameter_file_at(std::string_view relative_path);

struct ParameterMerge {
    std::string text;
    std::vector<std::string> conflicts; // names whose value both sides changed; the administrator's was kept
};

// The administrator's text (mine) with the values that only the new image changed, and its new names at the
// end. Comments are the administrator's. Nothing if a name stands twice in one of the files: then order
// matters.
std::optional<ParameterMerge> merge_parameters(ParameterFile file, std::string_view base,
                                               std::string_view mine, std::string_view theirs);

} // namespace hooks
