// Turns indexes into ranges of the firmware file.
#include "updater/install/work_list.hpp"

#include <algorithm>

namespace updater::install {

namespace {

ChunkTask whole_task(const firmware::FirmwareHead &head, std::size_t number) {
    const firmware::Chunk &chunk = head.chunks.chunks[number];
    if (chunk.kind == firmware::ChunkKind::zero)
        return {.chunk = number, .how = ChunkTask::How::zero, .ranges = {}};
    return {.chunk = number,
            .how = ChunkTask::How::whole,
            .ranges = {{head.image_offset_bytes + chunk.stored_offset_bytes, chunk.stored_bytes}}};
}

} // namespace

std::vector<ChunkTask> whole_tasks(const firmware::FirmwareHead &head, const ChunkNumbers &wanted) {
    std::vector<ChunkTask> tasks;
    for (const std::size_t number : wanted)
        tasks.push_back(whole_task(head, number));
    return tasks;
}

std::vector<ChunkTask> patch_tasks(const firmware::FirmwareHead &head, const firmware::PatchEntry &patch,
                                   const firmware::PatchIndex &index, const ChunkNumbers &wanted) {
    std::vector<ChunkTask> tasks;
    ChunkNumbers others;
    for (const std::size_t number : wanted) {
        if (!index[number]) {
            others.push_back(number);
            continue;
        }
        const std::uint64_t offset =
            head.image_offset_bytes + patch.data_offset_bytes + index[number]->offset_bytes;
        tasks.push_back({.chunk = number,
                         .how = ChunkTask::How::patch,
                         .ranges = {{offset, index[number]->stored_bytes}}});
    }
    std::ranges::move(whole_tasks(head, others), std::back_inserter(tasks));
    return tasks;
}

bool usable_for(const BlockLookup::Place &place, std::size_t chunk, const std::vector<bool> &present) {
    if (place.where == BlockLookup::Where::base)
        return true;
    // On the target: chunks further on are overwritten later, and chunks that are present never.
    const std::size_t source = place.offset_bytes / firmware::chunk_bytes;
    return source >= chunk || present[source];
}

bool unit_is_missing(const firmware::Unit &unit, std::size_t chunk, const BlockLookup &lookup,
                     const std::vector<bool> &present) {
    return !std::ranges::all_of(unit.blocks, [&](const firmware::BlockTag &tag) {
        if (lookup.is_zero(tag))
            return true;
        const auto place = lookup.find(tag);
        return place && usable_for(*place, chunk, present);
    });
}

std::vector<ChunkTask> unit_tasks(const firmware::FirmwareHead &head, const firmware::UnitIndex &units,
                                  const BlockLookup &lookup, const ChunkNumbers &wanted,
                                  const std::vector<bool> &present) {
    std::vector<ChunkTask> tasks;
    for (const std::size_t number : wanted) {
        if (head.chunks.chunks[number].kind == firmware::ChunkKind::zero) {
            tasks.push_back(whole_task(head, number));
            continue;
        }
        ChunkTask task{.chunk = number, .how = ChunkTask::How::assemble, .ranges = {}};
        for (const firmware::Unit &unit : units[number])
            if (unit.stored_bytes > 0 && unit_is_missing(unit, number, lookup, present))
                firmware::append(task.ranges,
                                 {head.image_offset_bytes + unit.stored_offset_bytes, unit.stored_bytes});
        tasks.push_back(std::move(task));
    }
    return tasks;
}

std::uint64_t fetch_bytes(const std::vector<ChunkTask> &tasks) {
    std::uint64_t bytes = 0;
    for (const ChunkTask &task : tasks)
        bytes += firmware::total_bytes(task.ranges);
    return bytes;
}

} // namespace updater::install
