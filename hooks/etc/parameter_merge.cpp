// The merge by names; see the header.
#include "hooks/etc/parameter_merge.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

namespace hooks::etc {

namespace {

class ParameterMerger {
  public:
    ParameterMerger(const std::vector<KeyedLine> &base, const std::vector<KeyedLine> &mine,
                    const std::vector<KeyedLine> &theirs)
        : mine_lines_(mine), theirs_lines_(theirs), base_(values_by_key(base)), mine_(values_by_key(mine)),
          theirs_(values_by_key(theirs)) {
        for (const KeyedLine &line : theirs)
            if (!line.name.empty())
                theirs_texts_[{line.section, line.name}] += line.text;
    }

    ParameterMerge run() {
        decide();
        const std::map<std::string, std::size_t> ends = ends_of_sections();
        std::set<Key> written;
        // At the front: at the end it would be in the last section.
        if (!ends.contains(""))
            add_section("", written);
        for (std::size_t i = 0; i < mine_lines_.size(); ++i) {
            const KeyedLine &line = mine_lines_[i];
            const Key key{line.section, line.name};
            if (!line.name.empty() && from_theirs_.contains(key)) {
                if (written.insert(key).second)
                    merge_.text += text_of_theirs(key);
            } else {
                merge_.text += line.text;
            }
            if (i == ends.at(line.section))
                add_new_names(line.section, written);
        }
        for (const KeyedLine &line : theirs_lines_)
            if (line.is_header && !ends.contains(line.section))
                add_section(line.section, written);
        return std::move(merge_);
    }

  private:
    static const std::vector<std::string> &values_in(const KeyValues &values, const Key &key) {
        static const std::vector<std::string> none;
        const auto found = values.find(key);
        return found == values.end() ? none : found->second;
    }

    // Empty if the new image no longer sets it.
    std::string text_of_theirs(const Key &key) const {
        const auto found = theirs_texts_.find(key);
        return found == theirs_texts_.end() ? "" : found->second;
    }

    void decide() {
        std::set<Key> keys;
        for (const KeyValues *side : {&mine_, &theirs_})
            for (const auto &[key, values] : *side)
                keys.insert(key);
        for (const Key &key : keys) {
            const auto &base = values_in(base_, key);
            const auto &mine = values_in(mine_, key);
            const auto &theirs = values_in(theirs_, key);
            if (mine == base && theirs != base)
                from_theirs_.insert(key);
            else if (mine != base && theirs != base && mine != theirs)
                merge_.conflicts.push_back((key.first.empty() ? "" : key.first + " ") + key.second);
            const auto &chosen = from_theirs_.contains(key) ? theirs : mine;
            if (!chosen.empty())
                merge_.values[key] = chosen;
        }
    }

    // For each section of the administrator's text, its last line that is not a comment, else its last line.
    std::map<std::string, std::size_t> ends_of_sections() const {
        std::map<std::string, std::size_t> ends;
        std::set<std::string> has_names;
        for (std::size_t i = 0; i < mine_lines_.size(); ++i) {
            const KeyedLine &line = mine_lines_[i];
            if (line.is_header || !line.name.empty())
                has_names.insert(line.section);
            else if (has_names.contains(line.section))
                continue;
            ends[line.section] = i;
        }
        return ends;
    }

    void add_new_names(const std::string &section, std::set<Key> &written) {
        for (const KeyedLine &line : theirs_lines_) {
            const Key key{line.section, line.name};
            if (line.section == section && from_theirs_.contains(key) && !mine_.contains(key) &&
                written.insert(key).second)
                merge_.text += text_of_theirs(key);
        }
    }

    void add_section(const std::string &section, std::set<Key> &written) {
        const bool has_news = std::any_of(from_theirs_.begin(), from_theirs_.end(),
                                          [&](const Key &key) { return key.first == section; });
        if (!has_news)
            return;
        for (const KeyedLine &line : theirs_lines_)
            if (line.section == section && line.is_header)
                merge_.text += (merge_.text.empty() ? "" : "\n") + line.text;
        add_new_names(section, written);
    }

    const std::vector<KeyedLine> &mine_lines_;
    const std::vector<KeyedLine> &theirs_lines_;
    KeyValues base_;
    KeyValues mine_;
    KeyValues theirs_;
    std::map<Key, std::string> theirs_texts_;
    std::set<Key> from_theirs_;
    ParameterMerge merge_;
};

// The lines that begin with what looks like a name, by that name.
std::map<std::string, std::vector<std::string>> lines_by_first_word(std::string_view text) {
    std::map<std::string, std::vector<std::string>> result;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        const std::size_t begin = line.find_first_not_of(" \t\r");
        if (begin == std::string_view::npos || line[begin] == '#' || line[begin] == ';')
            continue;
        const std::size_t name_end = std::min(line.find_first_of(" \t\r=:", begin), line.size());
        std::string name(line.substr(begin, name_end - begin));
        if (std::any_of(name.begin(), name.end(),
                        [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }))
            result[name].emplace_back(line.substr(begin));
    }
    return result;
}

} // namespace

std::optional<ParameterMerge> merge_parameters(const KeyedGrammar &grammar, std::string_view base,
                                               std::string_view mine, std::string_view theirs) {
    const auto base_lines = read_keyed_lines(grammar, base);
    const auto mine_lines = read_keyed_lines(grammar, mine);
    const auto theirs_lines = read_keyed_lines(grammar, theirs);
    if (!base_lines || !mine_lines || !theirs_lines)
        return std::nullopt;
    return ParameterMerger(*base_lines, *mine_lines, *theirs_lines).run();
}

std::vector<std::string> names_changed_on_both_sides(std::string_view base, std::string_view mine,
                                                     std::string_view theirs, std::string_view merged) {
    auto base_lines = lines_by_first_word(base);
    auto mine_lines = lines_by_first_word(mine);
    auto theirs_lines = lines_by_first_word(theirs);
    std::vector<std::string> names;
    for (const auto &[name, lines] : lines_by_first_word(merged))
        if (lines.size() > 1 && mine_lines[name] != base_lines[name] &&
            theirs_lines[name] != base_lines[name] && mine_lines[name] != theirs_lines[name])
            names.push_back(name);
    return names;
}

} // namespace hooks::etc
