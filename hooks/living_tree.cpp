// Distinguishes vanished files from real failures; see the header.
#include "hooks/living_tree.hpp"

namespace hooks {

using Path = std::filesystem::path;

std::vector<Path> list_if_there(partitions::Storage &storage, const Path &directory) {
    std::vector<Path> entries;
    unless_gone(storage, directory, [&] { entries = storage.list(directory); });
    return entries;
}

std::optional<partitions::FileDetails> details_if_there(partitions::Storage &storage, const Path &path) {
    std::optional<partitions::FileDetails> details;
    unless_gone(storage, path, [&] { details = storage.details(path); });
    return details;
}

bool unless_gone(partitions::Storage &storage, const Path &path, const std::function<void()> &work) {
    try {
        work();
        return true;
    } catch (const std::exception &) {
        if (storage.kind(path) != partitions::FileKind::none)
            throw;
        return false;
    }
}

} // namespace hooks
