// Determines which ways are possible here, and how many bytes each would fetch.
#include "updater/install/planner.hpp"

#include "partitions/aligned_buffer.hpp"
#include "updater/firmware/firmware_error.hpp"
#include "updater/text/byte_amount.hpp"

#include <algorithm>
#include <utility>

namespace updater::install {

namespace {

/// Returns what `read` returns. Repeats it with another server, if there is one, when the data is not what
/// was signed.
template <typename Read> auto from_any_server(firmware::ByteSource &source, const Read &read) {
    for (;;) {
        try {
            return read();
        } catch (const firmware::FirmwareRefused &) {
            if (!source.distrust())
                throw;
        }
    }
}

/// For few chunks, the unit index and reading both partitions cost more than they save: the index may be at
/// most one in so many of the bytes that would be fetched without it.
constexpr std::uint64_t whole_bytes_per_index_byte = 4;

} // namespace

Planner::Planner(firmware::ByteSource &source, const firmware::FirmwareHead &head, Partitions partitions,
                 const Effort &effort)
    : source_(source), head_(head), partitions_(partitions), effort_(effort) {}

Route Planner::choose(const ChunkNumbers &wanted, const std::vector<bool> &present, const Progress &progress,
                      const std::stop_token &stop) {
    Route best = whole(wanted);
    if (auto patch = by_patch(wanted, stop); patch && patch->fetch_bytes < best.fetch_bytes)
        return std::move(*patch);
    if (auto units = by_units(wanted, present, progress, stop);
        units && units->fetch_bytes < best.fetch_bytes)
        return std::move(*units);
    return best;
}

Route Planner::fall_back(Way failed, const ChunkNumbers &wanted, const std::vector<bool> &present,
                         const Progress &progress, const std::stop_token &stop) {
    Route best = whole(wanted);
    if (failed == Way::patch)
        if (auto units = by_units(wanted, present, progress, stop);
            units && units->fetch_bytes < best.fetch_bytes)
            return std::move(*units);
    return best;
}

Route Planner::whole(const ChunkNumbers &wanted) const {
    Route route;
    route.tasks = whole_tasks(head_, wanted);
    route.fetch_bytes = fetch_bytes(route.tasks);
    return route;
}

bool Planner::is_base_of(const firmware::PatchEntry &patch) const {
    if (!partitions_.base || patch.from != partitions_.base_version ||
        patch.base_image_bytes > partitions_.base_bytes ||
        patch.base_image_bytes < firmware::base_fingerprint_bytes)
        return false;
    const partitions::AlignedBuffer beginning(firmware::base_fingerprint_bytes);
    try {
        return partitions_.base->read_at(0, beginning.span()) == beginning.size() &&
               partitions::base::sha256_of(beginning.span()) == patch.base_fingerprint;
    } catch (const partitions::StorageError &) {
        // An unreadable base is not used. The running system reports its disk errors elsewhere.
        return false;
    }
}

std::optional<Route> Planner::by_patch(const ChunkNumbers &wanted, const std::stop_token &stop) {
    const auto patch = std::ranges::find_if(
        head_.manifest.patches, [this](const firmware::PatchEntry &each) { return is_base_of(each); });
    if (patch == head_.manifest.patches.end())
        return std::nullopt;
    Route route;
    route.way = Way::patch;
    route.patch_entry = *patch;
    route.patch =
        from_any_server(source_, [&] { return firmware::read_patch_index(source_, head_, *patch, stop); });
    route.tasks = patch_tasks(head_, *patch, *route.patch, wanted);
    route.fetch_bytes = fetch_bytes(route.tasks) + patch->index.length_bytes;
    return route;
}

std::optional<Route> Planner::by_units(const ChunkNumbers &wanted, const std::vector<bool> &present,
                                       const Progress &progress, const std::stop_token &stop) {
    const std::uint64_t whole_bytes = whole(wanted).fetch_bytes;
    if (!partitions_.base || !head_.manifest.units ||
        head_.manifest.units->length_bytes > whole_bytes / whole_bytes_per_index_byte)
        return std::nullopt;
    Route route;
    route.way = Way::units;
    if (progress)
        progress(0, 1,
                 "fetching the index of the image, " + text::bytes_text(head_.manifest.units->length_bytes));
    route.units = std::make_shared<const firmware::UnitIndex>(
        from_any_server(source_, [&] { return firmware::read_unit_index(source_, head_, stop); }));
    const auto lookup = std::make_shared<BlockLookup>(*route.units);
    const std::uint64_t target_bytes = head_.chunks.image_bytes;
    const std::uint64_t all = partitions_.base_bytes + target_bytes;
    const auto scan = [&](BlockLookup::Where where, partitions::File &device, std::uint64_t length_bytes,
                          std::uint64_t before) {
        lookup->scan(
            where, device, length_bytes, effort_,
            [&](std::uint64_t done) {
                if (progress)
                    progress(before + done, all, "looking for blocks that are already on the partitions");
            },
            stop);
    };
    // The base first: its contents do not change while the target is written.
    scan(BlockLookup::Where::base, *partitions_.base, partitions_.base_bytes, 0);
    scan(BlockLookup::Where::target, *partitions_.target, target_bytes, partitions_.base_bytes);
    route.lookup = lookup;
    route.tasks = unit_tasks(head_, *route.units, *lookup, wanted, present);
    route.fetch_bytes = fetch_bytes(route.tasks) + head_.manifest.units->length_bytes;
    return route;
}

} // namespace updater::install
