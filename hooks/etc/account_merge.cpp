// The merge of account files, line by line by name and field by field; see the header.
#include "hooks/etc/account_merge.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace hooks::etc {

namespace {

using Fields = std::vector<std::string>;

// What the fields of a file mean; counted from zero.
struct Layout {
    std::optional<std::size_t> number; // the number that only one name should have
    std::set<std::size_t> members;     // comma-separated lists
    bool report_fields = true; // false: a field changed on both sides is not reported (ages of passwords)
    bool whole_line_is_key = false; // a name may have several lines
};

Layout layout_of(AccountFile file) {
    switch (file) {
    case AccountFile::passwd:
        return {2, {}, true, false};
    case AccountFile::group:
        return {2, {3}, true, false};
    case AccountFile::shadow:
        return {std::nullopt, {}, false, false};
    case AccountFile::gshadow:
        return {std::nullopt, {2, 3}, false, false};
    case AccountFile::subordinate_ids:
        return {std::nullopt, {}, true, true};
    }
    return {};
}

Fields split(std::string_view text, char separator) {
    Fields parts(1);
    for (const char c : text) {
        if (c == separator)
            parts.emplace_back();
        else
            parts.back() += c;
    }
    return parts;
}

std::string join(const Fields &parts, char separator) {
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i)
        text += (i == 0 ? "" : std::string(1, separator)) + parts[i];
    return text;
}

// The accounts of one file, in its order. Of two lines with one name the first is used, as in the C library.
struct Accounts {
    std::vector<std::string> order;
    std::map<std::string, Fields> by_name;

    Accounts(std::string_view text, const Layout &layout) {
        for (const std::string &line : split(text, '\n')) {
            if (line.empty())
                continue;
            const Fields fields = split(line, ':');
            if (by_name.emplace(layout.whole_line_is_key ? line : fields[0], fields).second)
                order.push_back(layout.whole_line_is_key ? line : fields[0]);
        }
    }

    const Fields *find(const std::string &name) const {
        const auto found = by_name.find(name);
        return found == by_name.end() ? nullptr : &found->second;
    }
};

std::string merge_members(const std::string &base, const std::string &mine, const std::string &theirs) {
    const auto list = [](const std::string &text) { return text.empty() ? Fields{} : split(text, ','); };
    const auto has = [](const Fields &names, const std::string &name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    const Fields base_names = list(base);
    const Fields mine_names = list(mine);
    Fields result;
    for (const std::string &name : list(theirs))
        if (has(mine_names, name) || !has(base_names, name)) // not removed by the administrator
            result.push_back(name);
    for (const std::string &name : mine_names)
        if (!has(base_names, name) && !has(result, name)) // added by the administrator
            result.push_back(name);
    return join(result, ',');
}

class Merger {
  public:
    Merger(AccountFile file, std::string_view base, std::string_view mine, std::string_view theirs)
        : layout_(layout_of(file)), base_(base, layout_), mine_(mine, layout_), theirs_(theirs, layout_) {}

    AccountMerge run() {
        for (const std::string &name : theirs_.order)
            take_theirs(name);
        for (const std::string &name : mine_.order)
            if (theirs_.find(name) == nullptr)
                take_mine_only(name);
        find_shared_numbers();
        return std::move(merge_);
    }

  private:
    void add(const std::string &name, const Fields &fields) {
        merge_.text += join(fields, ':') + "\n";
        result_.emplace_back(name, fields);
    }

    void take_theirs(const std::string &name) {
        const Fields &theirs = *theirs_.find(name);
        if (const Fields *mine = mine_.find(name))
            add(name, merge_fields(name, base_.find(name), *mine, theirs));
        else if (base_.find(name) == nullptr)
            add(name, theirs);
        else
            merge_.remarks.push_back(first_field(name) + " stays removed");
    }

    void take_mine_only(const std::string &name) {
        const Fields &mine = *mine_.find(name);
        if (base_.find(name) != nullptr && !layout_.whole_line_is_key) {
            // An account of the old image: the new one may have given its number to another.
            if (const std::string owner = owner_of_number(mine); !owner.empty()) {
                merge_.remarks.push_back(name +
                                         " is not kept: the new system has no such name and gave number " +
                                         mine[*layout_.number] + " to " + owner);
                return;
            }
            merge_.remarks.push_back(name + " is kept although the new system no longer has it");
        }
        add(name, mine);
    }

    std::string owner_of_number(const Fields &fields) const {
        if (!layout_.number || fields.size() <= *layout_.number)
            return {};
        for (const auto &[name, theirs] : theirs_.by_name)
            if (theirs.size() > *layout_.number && theirs[*layout_.number] == fields[*layout_.number])
                return name;
        return {};
    }

    Fields merge_fields(const std::string &name, const Fields *base, const Fields &mine,
                        const Fields &theirs) {
        Fields result = mine;
        if (mine.size() != theirs.size()) {
            if (mine != theirs)
                merge_.conflicts.push_back(name + ": the lines have different numbers of fields");
            return result;
        }
        for (std::size_t i = 0; i < mine.size(); ++i) {
            const std::string base_field = base != nullptr && i < base->size() ? (*base)[i] : std::string();
            if (layout_.members.contains(i))
                result[i] = merge_members(base_field, mine[i], theirs[i]);
            else if (base != nullptr && mine[i] == base_field)
                result[i] = theirs[i];
            else if (mine[i] != theirs[i] && (base == nullptr || theirs[i] != base_field) &&
                     layout_.report_fields)
                merge_.conflicts.push_back(name + ": field " + std::to_string(i + 1) + " is \"" + mine[i] +
                                           "\", the new system has \"" + theirs[i] + "\"");
        }
        return result;
    }

    // Two names with one number that neither side had: the files of one would belong to the other.
    void find_shared_numbers() {
        if (!layout_.number)
            return;
        const std::size_t field = *layout_.number;
        const auto number_in = [&](const Accounts &accounts, const std::string &name) {
            const Fields *fields = accounts.find(name);
            return fields != nullptr && fields->size() > field ? (*fields)[field] : std::string();
        };
        std::map<std::string, std::string> first_name;
        for (const auto &[name, fields] : result_) {
            if (fields.size() <= field || fields[field].empty())
                continue;
            const std::string &number = fields[field];
            const auto [other, is_new] = first_name.emplace(number, name);
            const auto known = [&, &name = name, &other = other](const Accounts &accounts) {
                return number_in(accounts, name) == number && number_in(accounts, other->second) == number;
            };
            if (!is_new && !known(mine_) && !known(theirs_))
                merge_.conflicts.push_back("number " + number + " now belongs to both " + other->second +
                                           " and " + name);
        }
    }

    static std::string first_field(const std::string &key) { return key.substr(0, key.find(':')); }

    Layout layout_;
    Accounts base_;
    Accounts mine_;
    Accounts theirs_;
    std::vector<std::pair<std::string, Fields>> result_;
    AccountMerge merge_;
};

} // namespace

std::optional<AccountFile> account_file_at(std::string_view relative_path) {
    if (relative_path == "passwd")
        return AccountFile::passwd;
    if (relative_path == "group")
        return AccountFile::group;
    if (relative_path == "shadow")
        return AccountFile::shadow;
    if (relative_path == "gshadow")
        return AccountFile::gshadow;
    if (relative_path == "subuid" || relative_path == "subgid")
        return AccountFile::subordinate_ids;
    return std::nullopt;
}

AccountMerge merge_accounts(AccountFile file, std::string_view base, std::string_view mine,
                            std::string_view theirs) {
    return Merger(file, base, mine, theirs).run();
}

} // namespace hooks::etc
