// The rule for attributes; see the header.
#include "hooks/etc/attribute_merge.hpp"

#include "hooks/access_list.hpp"

namespace hooks {

Attributes merge_attributes(const OwnerTranslation &owners, const Attributes &mine,
                            const std::optional<Attributes> &base, const std::optional<Attributes> &theirs) {
    Attributes result = mine;
    result.owner = owners.user(mine.owner);
    result.group = owners.group(mine.group);
    translate_access_lists(owners, result.extended);
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
    return result;
}

} // namespace hooks
