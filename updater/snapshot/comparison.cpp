#include "updater/snapshot/comparison.hpp"

#include "updater/snapshot/path_text.hpp"

#include <map>
#include <optional>

namespace updater::snapshot {

namespace {

using Index = std::map<std::filesystem::path, const Entry *>;

Index index_of(const std::vector<Entry> &entries) {
    Index index;
    for (const Entry &entry : entries)
        index[entry.path] = &entry;
    return index;
}

const Entry *find(const Index &index, const std::filesystem::path &path) {
    const auto found = index.find(path);
    return found == index.end() ? nullptr : found->second;
}

/// What a program sees there; null: nothing.
const Entry *seen(const Index &settings, const Index &base, const std::filesystem::path &path) {
    if (const Entry *entry = find(settings, path))
        return entry->kind == EntryKind::whiteout ? nullptr : entry;
    return find(base, path);
}

std::optional<Change> change_of(const Entry *earlier, const Entry *later) {
    if (earlier == nullptr || later == nullptr) {
        if (earlier == later)
            return std::nullopt;
        return earlier == nullptr ? Change::added : Change::removed;
    }
    if (earlier->kind != later->kind || earlier->target != later->target || earlier->hash != later->hash ||
        earlier->opaque != later->opaque)
        return Change::changed;
    if (!(earlier->attributes == later->attributes))
        return Change::only_attributes;
    return std::nullopt;
}

void add_differences_in_var(const Description &earlier, const Description &later,
                            std::vector<Difference> &found) {
    const Index before = index_of(earlier.var);
    const Index after = index_of(later.var);
    Index paths = before;
    paths.merge(index_of(later.var));
    for (const auto &[path, entry] : paths)
        if (const auto change = change_of(find(before, path), find(after, path)))
            found.push_back({"/var/" + plain_from(path.native()), *change});
}

} // namespace

std::vector<Difference> differences(const Description &earlier, const Description &later) {
    const Index earlier_settings = index_of(earlier.settings);
    const Index later_settings = index_of(later.settings);
    // Where only one of them has changed something, that one's base is what the other one sees.
    Index base = index_of(later.base);
    base.merge(index_of(earlier.base));
    Index paths = earlier_settings;
    paths.merge(index_of(later.settings));
    std::vector<Difference> found;
    for (const auto &[path, entry] : paths)
        if (const auto change =
                change_of(seen(earlier_settings, base, path), seen(later_settings, base, path)))
            found.push_back({"/etc/" + plain_from(path.native()), *change});
    add_differences_in_var(earlier, later, found);
    return found;
}

} // namespace updater::snapshot
