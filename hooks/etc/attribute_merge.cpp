// The rule for attributes; see the header.
#include "hooks/etc/attribute_merge.hpp"

#include "hooks/access_list.hpp"

namespace hooks::etc {

overlay::Attributes merge_attributes(const OwnerTranslation &owners, const overlay::Attributes &mine,
                                     const std::optional<overlay::Attributes> &base,
                                     const std::optional<overlay::Attributes> &theirs) {
    overlay::Attributes result = mine;
    result.owner = owners.user(mine.owner);
    result.group = owners.group(mine.group);
    translate_numbers_in_attributes(owners, result.extended);
    if (!theirs || !base)
        return result;
    if (mine.permissions == base->permissions)
        result.permissions = theirs->permissions;
    if (mine.owner == base->owner)
        result.owner = theirs->owner;
    if (mine.group == base->group)
        result.group = theirs->group;
    if (mine.extended == base->extended)
        result.extended = theirs->extended;
    if (mine.flags == base->flags)
        result.flags = theirs->flags;
    return result;
}

std::set<std::string> numbers_taken_by_others(const OwnerTranslation &owners,
                                              const overlay::Attributes &mine) {
    NamedInAccessLists named = named_in_access_lists(mine.extended);
    named.users.insert(mine.owner);
    named.groups.insert(mine.group);
    std::set<std::string> texts;
    for (const uid_t user : named.users)
        if (const auto text = owners.other_user(user))
            texts.insert(*text);
    for (const gid_t group : named.groups)
        if (const auto text = owners.other_group(group))
            texts.insert(*text);
    return texts;
}

} // namespace hooks::etc
