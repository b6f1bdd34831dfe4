// The snapshots of this appliance: a folder with an archive each. Makes, lists, reads and removes them.
#pragma once

#include "partitions/space.hpp"
#include "partitions/storage.hpp"
#include "updater/snapshot/archive_reader.hpp"
#include "updater/snapshot/description.hpp"
#include "updater/snapshot/entry_attributes.hpp"
#include "updater/snapshot/tree_scan.hpp"
#include "updater/text/local_time.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace updater::snapshot {

/// Thread-safe. Throws StorageError beside what is said below.
class SnapshotStore {
  public:
    /// What is noted of the system in every snapshot.
    struct Origin {
        std::string product;
        std::string version;
        std::string slot;
        Formats formats;
    };
    /// The trees of the running system, as long as `keeps` lives.
    struct ShownTrees {
        Trees trees;
        std::shared_ptr<const void> keeps;
    };
    /// Where things come from.
    struct Outside {
        std::function<ShownTrees()> trees; ///< once at a time
        std::function<partitions::FileSystemSpace(const std::filesystem::path &)> space_of;
        text::Clock clock;
    };
    struct Wish {
        std::string name;
        std::string why;
        bool automatic = false;
    };
    struct Listed {
        std::string name;
        std::uint64_t size_bytes = 0; ///< of the archive
        Description description;      ///< without its lists; without meaning if there is a problem
        std::size_t files = 0;        ///< that its settings have
        std::string problem;          ///< why it can't be used
    };

    /// `storage` and `attributes` outlive this object.
    SnapshotStore(partitions::Storage &storage, const EntryAttributes &attributes,
                  std::filesystem::path folder, Origin origin, Outside outside);

    /// Makes a snapshot of the settings as they are. On return it is durable and was read back. A power cut
    /// leaves all of it or nothing. Throws Refused: a bad or used name, no space, too much in /etc.
    Description create(const Wish &wish);
    /// The description of the settings as they are.
    Description of_now();
    /// Oldest first; those that can't be read last. Reads only those that have changed since the last call.
    std::vector<Listed> list() const;
    bool has(const std::string &name) const;
    /// Verified as a whole. Throws Refused if there is none or it is damaged.
    Description verified(const std::string &name) const;
    /// For reading it; its description is verified. Throws Refused.
    std::unique_ptr<ArchiveReader> open(const std::string &name) const;
    /// Throws Refused if there is none.
    void remove(const std::string &name);
    /// Removes the oldest of those that were made automatically, but for this many.
    void keep_newest(std::size_t automatic_ones);

    /// A name that tells when: "before-restore-20261130-195223"; in UTC.
    std::string name_now(const std::string &prefix) const;
    const Origin &origin() const { return origin_; }
    const std::filesystem::path &folder() const { return folder_; }
    /// Throws Refused for a bad name, or one that has no snapshot.
    std::filesystem::path file_of(const std::string &name) const;
    /// Throws Refused if this many bytes, or the files of a snapshot, would use what stays free for mail.
    void require_space(std::uint64_t bytes) const;
    void require_space(const Description &description) const;
    /// Takes over an archive that was written in the folder and verified. Throws Refused.
    void adopt(const std::filesystem::path &archive, const std::string &name);

  private:
    Description description_for(const Wish &wish) const;
    void require_free(const std::string &name) const;
    void write(Description &description, const SnapshotStore::ShownTrees &shown);
    std::filesystem::path path_of(const std::string &name) const;
    Listed read_for_list(const std::filesystem::path &path) const;
    std::filesystem::path making() const { return folder_ / ".making"; }
    std::filesystem::path fresh() const { return folder_ / ".new"; }

    partitions::Storage &storage_;
    const EntryAttributes &attributes_;
    std::filesystem::path folder_;
    Origin origin_;
    Outside outside_;
    mutable std::mutex mutex_; ///< one makes, adopts or removes at a time

    /// What tells that a file is the one that was read.
    struct Mark {
        std::uint64_t identity = 0;
        std::uint64_t size_bytes = 0;
        Moment modified;
        bool operator==(const Mark &) const = default;
    };
    Mark mark_of(const std::filesystem::path &path) const;
    mutable std::mutex listed_mutex_;
    mutable std::map<std::string, std::pair<Mark, Listed>> listed_; ///< by name; those without a problem
};

} // namespace updater::snapshot
