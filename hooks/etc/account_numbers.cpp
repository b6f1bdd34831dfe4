// Groups first, since users refer to them; see the header.
#include "hooks/etc/account_numbers.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <optional>
#include <set>

namespace hooks::etc {

namespace {

constexpr id_t first_number_of_people = 1000;
constexpr id_t first_dynamic_system_number = 100;
constexpr id_t end_of_numbers_of_people = 60000;
constexpr std::size_t number_field = 2;
constexpr std::size_t group_field = 3;

using Numbers = std::map<std::string, id_t, std::less<>>;

std::optional<id_t> number_in(std::string_view field) {
    id_t number = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), number);
    return error == std::errc() && end == field.data() + field.size() && !field.empty()
               ? std::optional(number)
               : std::nullopt;
}

// The text with one numeric field of each line replaced; if `change` returns nothing, the number stays.
using ChangeNumber = std::function<std::optional<id_t>(std::string_view name, id_t number)>;
std::string with_numbers(std::string_view text, std::size_t field, const ChangeNumber &change) {
    std::string result;
    while (!text.empty()) {
        const std::size_t line_end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, line_end);
        std::size_t begin = 0;
        for (std::size_t i = 0; i < field && begin != std::string_view::npos; ++i)
            begin = line.find(':', begin) == std::string_view::npos ? std::string_view::npos
                                                                    : line.find(':', begin) + 1;
        std::string changed(line);
        if (begin != std::string_view::npos) {
            const std::size_t end = std::min(line.find(':', begin), line.size());
            const auto number = number_in(line.substr(begin, end - begin));
            const auto other = number ? change(line.substr(0, line.find(':')), *number) : std::nullopt;
            if (other && *other != *number)
                changed.replace(begin, end - begin, std::to_string(*other));
        }
        result += changed;
        result += line_end < text.size() ? "\n" : "";
        text.remove_prefix(std::min(line_end + 1, text.size()));
    }
    return result;
}

// Gives the administrator's accounts new numbers where theirs are taken.
class Renumbering {
  public:
    Renumbering(const AccountTexts &base, const AccountTexts &mine, const AccountTexts &theirs) {
        for (const AccountTexts *texts : {&base, &mine, &theirs})
            for (const std::string *text : {&texts->passwd, &texts->group})
                for (const auto &[name, number] : numbers_by_name(*text))
                    used_.insert(number);
    }

    std::string renumber(bool is_user, std::string_view base, std::string_view mine,
                         std::string_view theirs) {
        const Sides sides{numbers_by_name(base), numbers_by_name(mine), numbers_by_name(theirs)};
        std::map<id_t, std::string> owners;
        for (const auto &[name, number] : sides.theirs)
            owners.emplace(number, name);
        return with_numbers(mine, number_field,
                            [&](std::string_view name, id_t number) -> std::optional<id_t> {
                                if (const auto leader = number_of_leader(sides, name, number))
                                    return leader;
                                const auto other = other_number(sides, owners, name, number);
                                if (other) {
                                    const auto owner = owners.find(number);
                                    renumbered_.push_back({is_user, std::string(name), number, *other,
                                                           owner == owners.end() ? "" : owner->second});
                                }
                                return other;
                            });
    }

    std::vector<RenumberedAccount> renumbered() && { return std::move(renumbered_); }

  private:
    struct Sides {
        Numbers base;
        Numbers mine;
        Numbers theirs;
    };

    // Of one that the administrator added with the number of one of the image's.
    static std::optional<id_t> number_of_leader(const Sides &sides, std::string_view name, id_t number) {
        if (sides.base.contains(name) || sides.theirs.contains(name))
            return std::nullopt;
        for (const auto &[leader, leaders] : sides.mine)
            if (leaders == number && sides.base.contains(leader))
                if (const auto now = sides.theirs.find(leader); now != sides.theirs.end())
                    return now->second;
        return std::nullopt;
    }

    std::optional<id_t> other_number(const Sides &sides, const std::map<id_t, std::string> &owners,
                                     std::string_view name, id_t number) {
        const auto old = sides.base.find(name);
        const auto now = sides.theirs.find(name);
        const auto owner = owners.find(number);
        const bool is_taken = owner != owners.end() && owner->second != name;
        if (now == sides.theirs.end())
            return old == sides.base.end() && is_taken ? std::optional(free_number(std::string(name), number))
                                                       : std::nullopt;
        // Exists on both sides: the owner of the administrator's files can be changed, that of the image's
        // files cannot. An account of the image that the administrator renumbered keeps his number, unless it
        // is taken.
        const bool goes_to_image = old == sides.base.end() || (is_taken && old->second != number);
        return goes_to_image && now->second != number ? std::optional(now->second) : std::nullopt;
    }

    // A user and the group of the same name get the same number.
    id_t free_number(const std::string &name, id_t number) {
        if (const auto found = given_.find(name); found != given_.end())
            return found->second;
        id_t free = number;
        if (number < first_number_of_people)
            for (free = first_number_of_people - 1;
                 used_.contains(free) && free > first_dynamic_system_number;)
                --free;
        if (used_.contains(free))
            for (free = first_number_of_people; used_.contains(free) && free < end_of_numbers_of_people;)
                ++free;
        used_.insert(free);
        given_.emplace(name, free);
        return free;
    }

    std::set<id_t> used_;
    std::map<std::string, id_t> given_;
    std::vector<RenumberedAccount> renumbered_;
};

std::string with_groups(const std::string &passwd, std::string_view old_group, std::string_view new_group) {
    const OwnerTranslation groups("", "", old_group, new_group);
    return with_numbers(passwd, group_field,
                        [&](std::string_view, id_t number) { return groups.group(number); });
}

} // namespace

std::string RenumberedAccount::text() const {
    return std::string(is_user ? "user " : "group ") + name + " has number " + std::to_string(new_number) +
           " now, " +
           (taken_by.empty()
                ? "as in the new system; it was " + std::to_string(old_number)
                : "because " + std::to_string(old_number) + " is " + taken_by + "'s in the new system");
}

AccountNumbersMerge merge_account_numbers(const AccountTexts &base, const AccountTexts &mine,
                                          const AccountTexts &theirs) {
    Renumbering numbers(base, mine, theirs);
    AccountNumbersMerge merge;
    const std::string group = numbers.renumber(false, base.group, mine.group, theirs.group);
    merge.is_group_translated = group != mine.group;
    merge.group = merge_accounts(AccountFile::group, base.group, group, theirs.group);

    // All three with the new numbers of the groups, so that they can be compared.
    const std::string &groups = merge.group.text;
    const std::string passwd =
        with_groups(numbers.renumber(true, base.passwd, mine.passwd, theirs.passwd), mine.group, groups);
    merge.is_passwd_translated = passwd != mine.passwd;
    merge.passwd = merge_accounts(AccountFile::passwd, with_groups(base.passwd, mine.group, groups), passwd,
                                  with_groups(theirs.passwd, theirs.group, groups));

    merge.renumbered = std::move(numbers).renumbered();
    for (const RenumberedAccount &account : merge.renumbered)
        (account.is_user ? merge.passwd : merge.group).conflicts.push_back(account.text());
    return merge;
}

} // namespace hooks::etc
