#include "updater/snapshot/snapshot_store.hpp"

#include "partitions/durable.hpp"
#include "updater/refusal.hpp"
#include "updater/snapshot/stable_copy.hpp"
#include "updater/snapshot/storage_source.hpp"
#include "updater/snapshot/unfinished.hpp"
#include "updater/text/byte_amount.hpp"
#include "updater/text/utc_time.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace updater::snapshot {

namespace {

constexpr std::string_view suffix = ".snapshot";
constexpr const char *free_space = "Free space in /data. Snapshots that are no longer needed: update-control "
                                   "--snapshot list, then: update-control --snapshot delete NAME";

} // namespace

SnapshotStore::SnapshotStore(partitions::Storage &storage, const EntryAttributes &attributes,
                             std::filesystem::path folder, Origin origin, Outside outside)
    : storage_(storage), attributes_(attributes), folder_(std::move(folder)), origin_(std::move(origin)),
      outside_(std::move(outside)) {}

std::filesystem::path SnapshotStore::path_of(const std::string &name) const {
    if (!is_snapshot_name(name))
        throw Refused("'" + name.substr(0, max_name_bytes) + "' can't be the name of a snapshot",
                      "Use up to " + std::to_string(max_name_bytes) + " letters, digits, '.', '_' and '-'.",
                      messages::Code::snapshot_refused);
    return folder_ / (name + std::string(suffix));
}

std::string SnapshotStore::name_now(const std::string &prefix) const {
    std::string digits = text::utc_text(std::chrono::floor<std::chrono::seconds>(outside_.clock()));
    std::erase_if(digits, [](char letter) { return letter == '-' || letter == ':' || letter == 'Z'; });
    std::ranges::replace(digits, 'T', '-');
    return prefix + digits;
}

bool SnapshotStore::has(const std::string &name) const {
    return storage_.kind(path_of(name)) == partitions::FileKind::file;
}

std::filesystem::path SnapshotStore::file_of(const std::string &name) const {
    if (!has(name))
        throw Refused("there is no snapshot " + name, "Those that are here: update-control --snapshot list",
                      messages::Code::snapshot_refused);
    return path_of(name);
}

void SnapshotStore::require_free(const std::string &name) const {
    if (has(name))
        throw Refused("there is a snapshot " + name + " already",
                      "Use another name, or remove it: update-control --snapshot delete " + name,
                      messages::Code::snapshot_refused);
}

Description SnapshotStore::description_for(const Wish &wish) const {
    Description description;
    description.name = wish.name;
    description.product = origin_.product;
    description.version = origin_.version;
    description.slot = origin_.slot;
    description.made = std::chrono::floor<std::chrono::seconds>(outside_.clock());
    description.why = wish.why;
    description.automatic = wish.automatic;
    description.formats = origin_.formats;
    return description;
}

Description SnapshotStore::create(const Wish &wish) {
    const std::lock_guard lock(mutex_);
    require_free(wish.name);
    Description description = description_for(wish);
    try {
        partitions::make_directories(storage_, folder_.parent_path());
        constexpr mode_t for_root_only = 0700;
        storage_.make_directory(folder_, for_root_only);
        storage_.sync_directory(folder_.parent_path());
        partitions::remove_tree(storage_, making());
        write(description, outside_.trees());
        partitions::remove_tree(storage_, making());
    } catch (const partitions::StorageFull &) {
        remove_unfinished(storage_, {making(), fresh()});
        throw Refused("there is no space for a snapshot of the settings", free_space,
                      messages::Code::no_space_for_snapshot);
    } catch (...) {
        remove_unfinished(storage_, {making(), fresh()});
        throw;
    }
    return description;
}

void SnapshotStore::write(Description &description, const ShownTrees &shown) {
    // A copy, because somebody may change the settings between the two times that each file is read.
    const Trees trees{making() / "etc", shown.trees.lower, making() / "var", shown.trees.places};
    storage_.make_directory(making());
    const std::vector<std::string> too_large = copy_trees(storage_, shown.trees, trees);
    const TreeScan scan(storage_, attributes_);
    scan.run(trees, description);
    description.left_out.insert(description.left_out.end(), too_large.begin(), too_large.end());
    check_description(description);
    require_space(description);
    write_archive_file(storage_, fresh(), description, scan.contents_of(trees));
    ArchiveReader(source_of(storage_, fresh()), description.name).verify();
    storage_.rename(fresh(), path_of(description.name));
    storage_.sync_directory(folder_);
}

void SnapshotStore::require_space(const Description &description) const {
    require_space(contents_bytes(description));
}

void SnapshotStore::require_space(std::uint64_t bytes) const {
    constexpr std::uint64_t for_mail_divisor = 20; // 5 percent of the file system stay free
    const auto space = outside_.space_of(folder_);
    if (space.available_bytes < bytes + space.total_bytes / for_mail_divisor)
        throw Refused("a snapshot of the settings needs up to " + text::bytes_text(bytes) + ", and only " +
                          text::bytes_text(space.available_bytes) + " are free in " + folder_.string() +
                          ", of which 5 percent of the file system stay free for mail",
                      free_space, messages::Code::no_space_for_snapshot);
}

Description SnapshotStore::of_now() {
    const std::lock_guard lock(mutex_);
    Description description = description_for({.name = "now"});
    const ShownTrees shown = outside_.trees();
    TreeScan(storage_, attributes_).run(shown.trees, description);
    return description;
}

SnapshotStore::Mark SnapshotStore::mark_of(const std::filesystem::path &path) const {
    const partitions::FileDetails details = storage_.details(path);
    Entry entry;
    attributes_.read(path, entry);
    return {details.identity, details.size_bytes, entry.modified};
}

SnapshotStore::Listed SnapshotStore::read_for_list(const std::filesystem::path &path) const {
    Listed listed{.name = path.stem().string()};
    try {
        const Mark mark = mark_of(path);
        if (const auto known = listed_.find(listed.name);
            known != listed_.end() && known->second.first == mark)
            return known->second.second;
        listed.size_bytes = mark.size_bytes;
        listed.description = open(listed.name)->description();
        listed.files = listed.description.settings.size();
        // Many lists of files would need much memory.
        listed.description.settings = {};
        listed.description.base = {};
        listed.description.var = {};
        listed.description.left_out = {};
        listed_.insert_or_assign(listed.name, std::pair(mark, listed));
    } catch (const std::exception &failure) {
        listed_.erase(listed.name);
        listed.problem = failure.what();
    }
    return listed;
}

std::vector<SnapshotStore::Listed> SnapshotStore::list() const {
    const std::lock_guard lock(listed_mutex_);
    std::vector<Listed> all;
    if (storage_.kind(folder_) != partitions::FileKind::directory)
        return all;
    for (const std::filesystem::path &path : storage_.list(folder_)) {
        if (path.extension() != suffix || !is_snapshot_name(path.stem().string()))
            continue;
        Listed listed = read_for_list(path);
        if (listed.problem.empty() || has(listed.name)) // else it was deleted meanwhile
            all.push_back(std::move(listed));
    }
    std::erase_if(listed_, [this](const auto &each) { return !has(each.first); });
    std::ranges::stable_sort(
        all, {}, [](const Listed &each) { return std::tuple(!each.problem.empty(), each.description.made); });
    return all;
}

std::unique_ptr<ArchiveReader> SnapshotStore::open(const std::string &name) const {
    return std::make_unique<ArchiveReader>(source_of(storage_, file_of(name)), name);
}

Description SnapshotStore::verified(const std::string &name) const {
    const auto archive = open(name);
    archive->verify();
    return archive->description();
}

void SnapshotStore::remove(const std::string &name) {
    const std::lock_guard lock(mutex_);
    storage_.remove(file_of(name));
    storage_.sync_directory(folder_);
}

void SnapshotStore::keep_newest(std::size_t automatic_ones) {
    std::vector<Listed> all = list();
    // One that was imported under another name belongs to whoever imported it.
    std::erase_if(all, [](const Listed &each) {
        return !each.problem.empty() || !each.description.automatic || each.description.name != each.name;
    });
    for (std::size_t number = 0; number + automatic_ones < all.size(); ++number)
        remove(all[number].name);
}

void SnapshotStore::adopt(const std::filesystem::path &archive, const std::string &name) {
    const std::lock_guard lock(mutex_);
    require_free(name);
    storage_.rename(archive, path_of(name));
    storage_.sync_directory(folder_);
}

} // namespace updater::snapshot
