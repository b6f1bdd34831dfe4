// Making folders from the top down; see the header.
#include "hooks/var/open_folders.hpp"

#include "hooks/etc/attribute_merge.hpp"

namespace hooks::var {

using OptionalFolder = std::optional<std::filesystem::path>;

overlay::Attributes attributes_of(const OpenFolder &folder, const OwnerTranslation &owners) {
    if (folder.theirs && !folder.base)
        return overlay::read_attributes(*folder.theirs);
    const auto of = [](const OptionalFolder &path) {
        return path ? std::optional(overlay::read_attributes(*path)) : std::nullopt;
    };
    return etc::merge_attributes(owners, overlay::read_attributes(folder.mine), of(folder.base),
                                 of(folder.theirs));
}

OpenFolders::OpenFolders(VarWriter &writer, const OwnerTranslation &owners, OnMade on_made)
    : writer_(writer), owners_(owners), on_made_(std::move(on_made)) {}

void OpenFolders::make_all() {
    for (OpenFolder *folder : open_) {
        if (folder->is_made)
            continue;
        writer_.put_folder(folder->destination, attributes_of(*folder, owners_),
                           folder->theirs ? std::nullopt : OptionalFolder(folder->mine));
        folder->is_made = true;
        on_made_(*folder);
    }
}

} // namespace hooks::var
