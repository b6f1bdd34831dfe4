// Makes one chunk of the image from fetched bytes and from what the partitions hold, and verifies its hash.
// Writes nothing.
#pragma once

#include "partitions/storage.hpp"
#include "updater/firmware/chunk_codec.hpp"
#include "updater/firmware/firmware_head.hpp"
#include "updater/install/block_lookup.hpp"
#include "updater/install/scattered_reads.hpp"
#include "updater/install/work_list.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace updater::install {

/// Everything that chunks are made from. All of it outlives the makers. What a method does not need may be
/// null.
struct Ingredients {
    const firmware::FirmwareHead &head;
    const firmware::PatchIndex *patch = nullptr;
    const firmware::UnitIndex *units = nullptr;
    const BlockLookup *lookup = nullptr;
    const std::vector<bool> *present = nullptr;
    partitions::File *base = nullptr; ///< open in mode block_device_shared
    partitions::File *target = nullptr;
};

/// For one thread.
class ChunkMaker {
  public:
    explicit ChunkMaker(const Ingredients &ingredients);

    /// Makes the chunk in `raw`, which has the chunk's length and is aligned to File::block_alignment_bytes.
    /// `fetched`: the bytes of the task's ranges. On return `raw` has the signed hash. Throws ChunkNotMade.
    void make(const ChunkTask &task, std::span<const std::byte> fetched, std::span<std::byte> raw);

  private:
    void make_whole(const firmware::Chunk &chunk, std::span<const std::byte> fetched,
                    std::span<std::byte> raw);
    void make_by_patch(const firmware::PatchRecord &record, std::span<const std::byte> fetched,
                       std::span<std::byte> raw);
    void assemble(std::size_t number, std::span<const std::byte> fetched, std::span<std::byte> raw);
    /// Reads to be made from the two partitions.
    struct LocalReads {
        std::vector<firmware::BaseRead> base;
        std::vector<firmware::BaseRead> target;
    };
    void find_blocks(const firmware::Unit &unit, std::size_t number, std::span<std::byte> unit_raw,
                     LocalReads &reads);

    Ingredients ingredients_;
    firmware::ChunkDecoder decoder_;
    std::unique_ptr<ScatteredReads> base_;
    std::unique_ptr<ScatteredReads> target_;
};

} // namespace updater::install
