// One copy_tree for all entries, because each one ends with a sync of the whole file system.
#include "hooks/configuration_copy.hpp"

#include "hooks/overlay/overlay_format.hpp"
#include "partitions/tree_copy.hpp"

namespace hooks {

void copy_configuration(partitions::Storage &storage, const std::filesystem::path &source,
                        const std::filesystem::path &target) {
    // Beside the final place of the entries, because copy_tree makes its target itself.
    const std::filesystem::path copy = target / ".copying";
    partitions::copy_tree(storage, source, copy);
    for (const std::filesystem::path &entry : storage.list(copy))
        storage.rename(entry, target / entry.filename());
    // The caller may have made the target after an upper directory that was mounted.
    overlay::remove_marks(target);
    storage.copy_attributes(copy, target);
    storage.remove(copy);
}

} // namespace hooks
