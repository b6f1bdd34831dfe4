#include "updater/snapshot/unfinished.hpp"

#include "partitions/durable.hpp"

namespace updater::snapshot {

void remove_unfinished(partitions::Storage &storage, const std::vector<std::filesystem::path> &paths) {
    try {
        for (const auto &path : paths)
            partitions::remove_tree(storage, path);
    } catch (const partitions::StorageError &) {
        // See the header.
    }
}

} // namespace updater::snapshot
