// Parses and writes the chunk index.
#include "updater/firmware/chunk_index.hpp"

#include "updater/firmware/firmware_error.hpp"
#include "updater/firmware/text_index.hpp"

#include <map>

namespace updater::firmware {

namespace {

constexpr std::string_view chunks_first_line = "update-control chunks 2";

Chunk parse_chunk(IndexLines &lines) {
    const auto fields = lines.next(5);
    Chunk chunk;
    chunk.raw_bytes = lines.length(fields[1], chunk_bytes);
    chunk.stored_bytes = lines.length(fields[2], max_stored_chunk_bytes);
    if (chunk.raw_bytes == 0)
        lines.refuse("the chunk is empty");
    if (fields[0] == "zero") {
        chunk.kind = ChunkKind::zero;
        if (chunk.stored_bytes != 0 || fields[3] != "-" || fields[4] != "-")
            lines.refuse("a zero chunk has stored bytes or hashes");
    } else if (fields[0] == "zstd-units") {
        chunk.kind = ChunkKind::zstd_units;
        if (chunk.stored_bytes == 0)
            lines.refuse("a stored chunk has no bytes");
        chunk.raw_sha256 = lines.hash(fields[3]);
        chunk.stored_sha256 = lines.hash(fields[4]);
    } else {
        lines.refuse("the chunk is of an unknown kind");
    }
    return chunk;
}

/// Hashes of zeros, computed once for each length. There are at most two lengths: that of a full chunk and
/// that of the last one.
class ZeroHashes {
  public:
    const partitions::base::Sha256 &of(std::uint64_t length_bytes) {
        const auto [place, is_new] = hashes_.try_emplace(length_bytes);
        if (is_new)
            place->second = partitions::base::sha256_of_zeros(length_bytes);
        return place->second;
    }

  private:
    std::map<std::uint64_t, partitions::base::Sha256> hashes_;
};

} // namespace

ChunkIndex parse_chunk_index(std::string_view text, std::uint64_t image_bytes) {
    if (text.size() > max_chunk_index_bytes)
        throw FirmwareRefused(FirmwareRefusal::too_large, "the chunk index is larger than the format allows");
    IndexLines lines(text, "chunk index", chunks_first_line);
    ChunkIndex index;
    ZeroHashes zero_hashes;
    while (lines.any_left()) {
        Chunk chunk = parse_chunk(lines);
        if (!index.chunks.empty() && index.chunks.back().raw_bytes != chunk_bytes)
            lines.refuse("follows a chunk that is not of full length");
        chunk.offset_bytes = index.image_bytes;
        chunk.stored_offset_bytes = index.stored_bytes;
        if (chunk.kind == ChunkKind::zero) {
            chunk.raw_sha256 = zero_hashes.of(chunk.raw_bytes);
            chunk.stored_sha256 = zero_hashes.of(0);
        }
        index.image_bytes += chunk.raw_bytes;
        index.stored_bytes += chunk.stored_bytes;
        index.chunks.push_back(chunk);
    }
    if (index.image_bytes != image_bytes)
        throw FirmwareRefused(FirmwareRefusal::wrong_index,
                              "the chunks add up to " + std::to_string(index.image_bytes) +
                                  " bytes, the manifest says that the image has " +
                                  std::to_string(image_bytes));
    return index;
}

std::string serialize(const ChunkIndex &index) {
    std::string text = std::string(chunks_first_line) + "\n";
    for (const Chunk &chunk : index.chunks) {
        const bool zero = chunk.kind == ChunkKind::zero;
        text += zero ? "zero " : "zstd-units ";
        text += std::to_string(chunk.raw_bytes) + " " + std::to_string(zero ? 0 : chunk.stored_bytes) + " ";
        text += zero ? "- -"
                     : partitions::base::to_hexadecimal(chunk.raw_sha256) + " " +
                           partitions::base::to_hexadecimal(chunk.stored_sha256);
        text += "\n";
    }
    return text;
}

} // namespace updater::firmware
