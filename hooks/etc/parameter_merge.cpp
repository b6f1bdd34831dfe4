// The merge by names; see the header.
#include "hooks/etc/parameter_merge.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace hooks {

namespace {

// A piece of a file: a parameter with the lines that continue it, or (name empty) a comment or blank line.
struct Block {
    std::string name;
    std::string text;
    std::string value; // white space made single blanks, to compare
};

std::string normalized(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!blank)
            result += c;
        else if (!result.empty() && result.back() != ' ')
            result += ' ';
    }
    if (!result.empty() && result.back() == ' ')
        result.pop_back();
    return result;
}

std::vector<Block> read_blocks(std::string_view text, char separator) {
    std::vector<Block> blocks;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string line(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        const bool blank = normalized(line).empty();
        const bool comment = !blank && line[line.find_first_not_of(" \t")] == '#';
        const bool continues = !blank && !comment && (line[0] == ' ' || line[0] == '\t');
        if (continues) {
            // Comments may stand between a parameter and its continuation.
            const auto owner =
                std::find_if(blocks.rbegin(), blocks.rend(), [](const Block &b) { return !b.name.empty(); });
            if (owner != blocks.rend()) {
                owner->value = normalized(owner->value + " " + line);
                for (auto between = owner.base(); between != blocks.end(); ++between)
                    owner->text += between->text;
                owner->text += line + "\n";
                blocks.erase(owner.base(), blocks.end());
                continue;
            }
        }
        const std::size_t at = blank || comment ? std::string::npos : line.find(separator);
        if (at == std::string::npos)
            blocks.push_back({"", line + "\n", ""});
        else
            blocks.push_back({normalized(line.substr(0, at)), line + "\n", normalized(line.substr(at + 1))});
    }
    return blocks;
}

// Nothing if a name stands twice.
std::optional<std::map<std::string, Block>> by_name(const std::vector<Block> &blocks) {
    std::map<std::string, Block> result;
    for (const Block &block : blocks)
        if (!block.name.empty() && !result.emplace(block.name, block).second)
            return std::nullopt;
    return result;
}

} // namespace

std::optional<ParameterFile> parameter_file_at(std::string_view relative_path) {
    if (relative_path == "postfix/main.cf")
        return ParameterFile::equals_sign;
    if (relative_path == "aliases")
        return ParameterFile::colon;
    return std::nullopt;
}

std::optional<ParameterMerge> merge_parameters(ParameterFile file, std::string_view base,
                                               std::string_view mine, std::string_view theirs) {
    const char separator = file == ParameterFile::equals_sign ? '=' : ':';
    const std::vector<Block> mine_blocks = read_blocks(mine, separator);
    const std::vector<Block> theirs_blocks = read_blocks(theirs, separator);
    const auto base_names = by_name(read_blocks(base, separator));
    const auto mine_names = by_name(mine_blocks);
    const auto theirs_names = by_name(theirs_blocks);
    if (!base_names || !mine_names || !theirs_names)
        return std::nullopt;
    const auto value_in = [](const std::map<std::string, Block> &names, const std::string &name) {
        const auto found = names.find(name);
        return found == names.end() ? std::nullopt : std::optional(found->second.value);
    };

    ParameterMerge merge;
    for (const Block &block : mine_blocks) {
        const auto old_value = value_in(*base_names, block.name);
        const auto new_value = value_in(*theirs_names, block.name);
        if (block.name.empty() || block.value == new_value || new_value == old_value) {
            merge.text += block.text;
        } else if (block.value == old_value) {
            if (new_value) // else the new image no longer sets it
                merge.text += theirs_names->at(block.name).text;
        } else {
            merge.text += block.text;
            merge.conflicts.push_back(block.name);
        }
    }
    for (const Block &block : theirs_blocks)
        if (!block.name.empty() && !mine_names->contains(block.name) && !base_names->contains(block.name))
            merge.text += block.text;
    return merge;
}

} // namespace hooks
