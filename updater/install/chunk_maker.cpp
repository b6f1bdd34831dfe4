// The order of the checks is the point: nothing that was fetched is unpacked before its hash was compared
// with the signed one, and nothing that has a part from elsewhere is handed on before the same was done with
// the result. A chunk that was fetched whole is the signed bytes unpacked: hashing those once more before
// they are written would cost a fifth of all processor time, and what became of them is compared when they
// are read back.
#include "updater/install/chunk_maker.hpp"

#include "updater/firmware/patch_codec.hpp"

#include <algorithm>
#include <string>

namespace updater {

namespace {

std::string place_of(const Chunk &chunk) {
    return "the part of the image at " + std::to_string(chunk.offset_bytes) + " bytes";
}

[[noreturn]] void damaged_on_the_way(const std::string &what) {
    throw ChunkNotMade(what + " is damaged in the firmware: it is not what was signed");
}

/// Blocks that follow each other in the same partition are read at once.
struct Run {
    BlockLookup::Where where{};
    std::uint64_t offset_bytes = 0;
    std::size_t begin = 0; ///< in the unit
    std::size_t length_bytes = 0;
};

} // namespace

ChunkMaker::ChunkMaker(const Ingredients &ingredients) : ingredients_(ingredients) {
    if (ingredients_.base)
        base_windows_ = std::make_unique<BaseWindows>(*ingredients_.base);
}

void ChunkMaker::make(const ChunkTask &task, std::span<const std::byte> fetched, std::span<std::byte> raw) {
    const Chunk &chunk = ingredients_.head.chunks.chunks[task.chunk];
    try {
        switch (task.how) {
        case ChunkTask::How::zero:
            std::ranges::fill(raw, std::byte{0});
            return;
        case ChunkTask::How::whole:
            make_whole(chunk, fetched, raw);
            break;
        case ChunkTask::How::patch:
            make_by_patch(*(*ingredients_.patch)[task.chunk], fetched, raw);
            break;
        case ChunkTask::How::assemble:
            assemble(task.chunk, fetched, raw);
            break;
        }
    } catch (const partitions::StorageError &failure) {
        // Of a source, never of the target of a write: there are other ways to come by the chunk.
        throw ChunkNotMade(place_of(chunk) + ": " + failure.what());
    }
    if (task.how != ChunkTask::How::whole && sha256_of(raw) != chunk.raw_sha256)
        throw ChunkNotMade(place_of(chunk) + " is not made right by what the partitions hold");
}

void ChunkMaker::make_whole(const Chunk &chunk, std::span<const std::byte> fetched,
                            std::span<std::byte> raw) {
    if (sha256_of(fetched) != chunk.stored_sha256)
        damaged_on_the_way(place_of(chunk));
    try {
        decoder_.unpack(fetched, raw);
    } catch (const std::runtime_error &failure) {
        throw ChunkNotMade(place_of(chunk) + " was signed, but cannot be unpacked: " + failure.what());
    }
}

void ChunkMaker::make_by_patch(const PatchRecord &record, std::span<const std::byte> fetched,
                               std::span<std::byte> raw) {
    if (sha256_of(fetched) != record.stored_sha256)
        damaged_on_the_way("a record of the patch");
    try {
        apply_patch_record(
            fetched,
            [this](std::uint64_t offset_bytes, std::span<std::byte> into) {
                if (!base_windows_ || !base_windows_->read(offset_bytes, into))
                    throw ChunkNotMade("the base partition ends before what the patch asks for");
            },
            raw);
    } catch (const partitions::StorageError &) {
        throw;
    } catch (const std::runtime_error &failure) {
        throw ChunkNotMade(std::string("a record of the patch was signed, but cannot be applied: ") +
                           failure.what());
    }
}

void ChunkMaker::assemble(std::size_t number, std::span<const std::byte> fetched, std::span<std::byte> raw) {
    const std::vector<Unit> &units = (*ingredients_.units)[number];
    for (std::size_t index = 0; index < units.size(); ++index) {
        const Unit &unit = units[index];
        if (unit.stored_bytes > 0 &&
            !unit_is_missing(unit, number, *ingredients_.lookup, *ingredients_.present)) {
            const std::size_t begin = index * unit_bytes;
            take_blocks(unit, number, raw.subspan(begin, std::min(unit_bytes, raw.size() - begin)));
            continue;
        }
        const auto frame = fetched.first(unit.stored_bytes);
        fetched = fetched.subspan(unit.stored_bytes);
        if (!frame.empty() && unit_hash(frame) != unit.stored_hash)
            damaged_on_the_way("a unit of the image");
        try {
            // Compressed with what lies before it in the chunk, which is in its place by now.
            decoder_.unpack_unit(frame, index, raw);
        } catch (const std::runtime_error &failure) {
            throw ChunkNotMade(std::string("a unit of the image was signed, but cannot be unpacked after "
                                           "what the partitions hold: ") +
                               failure.what());
        }
    }
}

void ChunkMaker::take_blocks(const Unit &unit, std::size_t number, std::span<std::byte> unit_raw) {
    Run run;
    const auto read_run = [&] {
        if (run.length_bytes > 0)
            read_local(run.where == BlockLookup::Where::base ? *ingredients_.base : *ingredients_.target,
                       run.offset_bytes, unit_raw.subspan(run.begin, run.length_bytes));
        run.length_bytes = 0;
    };
    for (std::size_t begin = 0; begin < unit_raw.size(); begin += lookup_block_bytes) {
        const std::size_t length = std::min(lookup_block_bytes, unit_raw.size() - begin);
        const BlockTag &tag = unit.blocks[begin / lookup_block_bytes];
        if (ingredients_.lookup->is_zero(tag)) {
            read_run();
            std::ranges::fill(unit_raw.subspan(begin, length), std::byte{0});
            continue;
        }
        const auto place = ingredients_.lookup->find(tag);
        if (!place)
            throw ChunkNotMade("a block in chunk " + std::to_string(number) + " is not found any more");
        if (run.length_bytes > 0 && place->where == run.where &&
            place->offset_bytes == run.offset_bytes + run.length_bytes) {
            run.length_bytes += length;
            continue;
        }
        read_run();
        run = {place->where, place->offset_bytes, begin, length};
    }
    read_run();
}

void ChunkMaker::read_local(partitions::File &from, std::uint64_t offset_bytes, std::span<std::byte> into) {
    if (from.read_at(offset_bytes, into) < into.size())
        throw ChunkNotMade("a partition ends before what was found on it");
}

} // namespace updater
