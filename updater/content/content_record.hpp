// What the last upgrade found of the product's content, on the disk. Only for information: a damaged record
// is as good as none.
#pragma once

#include "partitions/storage.hpp"
#include "updater/content/comparison.hpp"

#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace updater::content {

enum class ContentState {
    as_expected,
    repaired,  ///< it was not what it had to be; its program has repaired it
    unrepaired ///< it is not what it has to be
};

struct RecordedComponent {
    std::string name;
    std::string version; ///< after the upgrade, and after a repair; empty: it is missing
    std::string expected;
    std::filesystem::path program; ///< empty: none names it any more
    ContentState state = ContentState::as_expected;
    std::string reason; ///< of another state than as_expected
};

struct ContentReport {
    std::string job; ///< its id; empty: no upgrade has looked yet
    std::vector<RecordedComponent> components;
};

/// Thread-safe.
class ContentRecord {
  public:
    /// `storage` outlives this object. Throws nothing.
    ContentRecord(partitions::Storage &storage, std::filesystem::path file);

    ContentReport report() const;
    /// Durable on return. Throws StorageError; what was found is then remembered until the agent ends.
    void note(const ContentReport &report);

  private:
    partitions::Storage &storage_;
    std::filesystem::path file_;
    mutable std::mutex mutex_;
    ContentReport report_;
};

nlohmann::json to_json(const ContentReport &report);

} // namespace updater::content
