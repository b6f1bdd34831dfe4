#include "updater/progress/old_logs.hpp"

#include <algorithm>
#include <vector>

namespace updater::progress {

void keep_newest_logs(partitions::Storage &storage, const std::filesystem::path &folder) {
    if (storage.kind(folder) != partitions::FileKind::directory)
        return;
    std::vector<std::filesystem::path> logs;
    for (const auto &path : storage.list(folder))
        if (path.extension() == ".log" && storage.kind(path) == partitions::FileKind::file)
            logs.push_back(path);
    if (logs.size() <= max_kept_logs)
        return;
    std::ranges::sort(logs);
    logs.resize(logs.size() - max_kept_logs);
    for (const auto &path : logs)
        storage.remove(path);
    storage.sync_directory(folder);
}

} // namespace updater::progress
