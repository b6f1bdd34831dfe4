// The order of the checks matters: fetched bytes are unpacked only after their hash was compared with the
// signed one, and a chunk that is partly made from local data is returned only after its own hash was
// compared. A chunk that was fetched whole is not hashed again after unpacking: that would cost a fifth of
// the processor time, and its hash is compared when the partition is read back.
#include "updater/install/chunk_maker.hpp"

#include "updater/firmware/patch_codec.hpp"
#include "updater/install/chunk_not_made.hpp"

#include <algorithm>
#include <string>

namespace updater::install {

namespace {

std::string place_of(const firmware::Chunk &chunk) {
    return "the part of the image at " + std::to_string(chunk.offset_bytes) + " bytes";
}

[[noreturn]] void refuse_fetched(const std::string &what) {
    throw ChunkNotMade(what + " is damaged in the firmware: it is not what was signed");
}

/// Appends a read, or extends the last one if both are adjacent on the device and in memory.
void append(std::vector<firmware::BaseRead> &reads, std::uint64_t offset_bytes, std::span<std::byte> into) {
    if (!reads.empty()) {
        firmware::BaseRead &last = reads.back();
        if (last.offset_bytes + last.into.size() == offset_bytes &&
            last.into.data() + last.into.size() == into.data()) {
            last.into = {last.into.data(), last.into.size() + into.size()};
            return;
        }
    }
    reads.push_back({offset_bytes, into});
}

void read_all(ScatteredReads *from, std::vector<firmware::BaseRead> reads) {
    if (!reads.empty() && (from == nullptr || !from->read(std::move(reads))))
        throw ChunkNotMade("a partition ends before the data that is needed from it");
}

} // namespace

ChunkMaker::ChunkMaker(const Ingredients &ingredients) : ingredients_(ingredients) {
    if (ingredients_.base && (ingredients_.patch || ingredients_.lookup))
        base_ = std::make_unique<ScatteredReads>(*ingredients_.base);
    if (ingredients_.target && ingredients_.lookup)
        target_ = std::make_unique<ScatteredReads>(*ingredients_.target);
}

void ChunkMaker::make(const ChunkTask &task, std::span<const std::byte> fetched, std::span<std::byte> raw) {
    const firmware::Chunk &chunk = ingredients_.head.chunks.chunks[task.chunk];
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
        // From reading a partition, never from writing. The chunk can be made with another method.
        throw ChunkNotMade(place_of(chunk) + ": " + failure.what());
    }
    if (task.how != ChunkTask::How::whole && partitions::base::sha256_of(raw) != chunk.raw_sha256)
        throw ChunkNotMade(place_of(chunk) + " does not come out right from what the partitions hold");
}

void ChunkMaker::make_whole(const firmware::Chunk &chunk, std::span<const std::byte> fetched,
                            std::span<std::byte> raw) {
    if (partitions::base::sha256_of(fetched) != chunk.stored_sha256)
        refuse_fetched(place_of(chunk));
    try {
        decoder_.unpack(fetched, raw);
    } catch (const std::runtime_error &failure) {
        throw ChunkNotMade(place_of(chunk) + " was signed, but cannot be unpacked: " + failure.what());
    }
}

void ChunkMaker::make_by_patch(const firmware::PatchRecord &record, std::span<const std::byte> fetched,
                               std::span<std::byte> raw) {
    if (partitions::base::sha256_of(fetched) != record.stored_sha256)
        refuse_fetched("a record of the patch");
    try {
        firmware::apply_patch_record(
            fetched,
            [this](std::vector<firmware::BaseRead> reads) { read_all(base_.get(), std::move(reads)); }, raw);
    } catch (const partitions::StorageError &) {
        throw;
    } catch (const ChunkNotMade &) {
        throw;
    } catch (const std::runtime_error &failure) {
        throw ChunkNotMade(std::string("a record of the patch was signed, but cannot be applied: ") +
                           failure.what());
    }
}

void ChunkMaker::assemble(std::size_t number, std::span<const std::byte> fetched, std::span<std::byte> raw) {
    const std::vector<firmware::Unit> &units = (*ingredients_.units)[number];
    const auto is_fetched = [&](const firmware::Unit &unit) {
        return unit.stored_bytes == 0 ||
               unit_is_missing(unit, number, *ingredients_.lookup, *ingredients_.present);
    };
    LocalReads reads;
    for (std::size_t index = 0; index < units.size(); ++index) {
        const std::size_t begin = index * firmware::unit_bytes;
        if (!is_fetched(units[index]))
            find_blocks(units[index], number,
                        raw.subspan(begin, std::min(firmware::unit_bytes, raw.size() - begin)), reads);
    }
    read_all(base_.get(), std::move(reads.base));
    read_all(target_.get(), std::move(reads.target));
    for (std::size_t index = 0; index < units.size(); ++index) {
        const firmware::Unit &unit = units[index];
        if (!is_fetched(unit))
            continue;
        const auto frame = fetched.first(unit.stored_bytes);
        fetched = fetched.subspan(unit.stored_bytes);
        if (!frame.empty() && firmware::unit_hash(frame) != unit.stored_hash)
            refuse_fetched("a unit of the image");
        try {
            // Refers to the part of the chunk before it, which is complete by now.
            decoder_.unpack_unit(frame, index, raw);
        } catch (const std::runtime_error &failure) {
            throw ChunkNotMade(std::string("a unit of the image was signed, but cannot be unpacked with "
                                           "what the partitions hold: ") +
                               failure.what());
        }
    }
}

void ChunkMaker::find_blocks(const firmware::Unit &unit, std::size_t number, std::span<std::byte> unit_raw,
                             LocalReads &reads) {
    for (std::size_t begin = 0; begin < unit_raw.size(); begin += firmware::lookup_block_bytes) {
        const auto block =
            unit_raw.subspan(begin, std::min(firmware::lookup_block_bytes, unit_raw.size() - begin));
        const firmware::BlockTag &tag = unit.blocks[begin / firmware::lookup_block_bytes];
        if (ingredients_.lookup->is_zero(tag)) {
            std::ranges::fill(block, std::byte{0});
            continue;
        }
        const auto place = ingredients_.lookup->find(tag);
        if (!place)
            throw ChunkNotMade("a block in chunk " + std::to_string(number) + " is not found any more");
        append(place->where == BlockLookup::Where::base ? reads.base : reads.target, place->offset_bytes,
               block);
    }
}

} // namespace updater::install
