#include "updater/snapshot/stable_copy.hpp"

#include "partitions/tree_copy.hpp"
#include "updater/snapshot/product_places.hpp"

namespace updater::snapshot {

namespace {

void copy_folder(partitions::Storage &storage, const std::filesystem::path &from,
                 const std::filesystem::path &to) {
    if (storage.kind(to) != partitions::FileKind::none)
        return;
    storage.make_directory(to);
    storage.copy_attributes(from, to);
}

void copy_place(partitions::Storage &storage, const Trees &from, const Trees &to,
                const std::filesystem::path &place) {
    std::filesystem::path above;
    for (const auto &name : place.parent_path()) {
        above /= name;
        copy_folder(storage, from.var / above, to.var / above);
    }
    partitions::copy_tree(storage, from.var / place, to.var / place);
}

} // namespace

std::vector<std::string> copy_trees(partitions::Storage &storage, const Trees &from, const Trees &to) {
    partitions::copy_tree(storage, from.upper, to.upper);
    std::vector<std::string> left_out;
    if (from.places.empty())
        return left_out;
    copy_folder(storage, from.var, to.var);
    for (const std::filesystem::path &place : from.places) {
        const bool has_it = storage.kind(to.var / place) != partitions::FileKind::none;
        if (has_it || !is_plain_folder(storage, from.var, place))
            continue;
        if (fits_in_snapshot(storage, from.var / place))
            copy_place(storage, from, to, place);
        else
            left_out.push_back(too_large_for_snapshot(place));
    }
    return left_out;
}

} // namespace updater::snapshot
