// How one chunk of the OS image is stored: as units that can be fetched one by one, and that still compress
// as if they were one piece. Knows nothing of hashes, archives and indexes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace updater::firmware {

/// Every unit of a chunk is this long when unpacked; the last one may be shorter.
inline constexpr std::size_t unit_bytes = 32UL * 1024;
/// What a unit may refer to: so much of its chunk before it. More would compress a little better and make
/// compressing much slower, since it is gone through anew for each unit.
inline constexpr std::size_t unit_prefix_bytes = 512UL * 1024;

/// A stored chunk ("zstd-units"): for each unit its stored length (32 bits, little endian), then the units'
/// frames, each one Zstandard frame (RFC 8878) without magic number, content size and checksum, compressed
/// with the unit_prefix_bytes of the chunk before it as prefix. A unit of zeros has the stored length 0.
class ChunkDecoder {
  public:
    ChunkDecoder();
    ~ChunkDecoder();
    ChunkDecoder(ChunkDecoder &&) noexcept;
    ChunkDecoder &operator=(ChunkDecoder &&) noexcept;

    /// Unpacks all of a stored chunk; `raw` is as long as the chunk must become, and nothing is written
    /// outside of it. Throws std::runtime_error if the stored bytes do not unpack to exactly that.
    void unpack(std::span<const std::byte> stored, std::span<std::byte> raw);

    /// Unpacks one unit into its place in `raw`, the whole chunk, whose bytes before the unit are there
    /// already. An empty frame is a unit of zeros. Throws as unpack.
    void unpack_unit(std::span<const std::byte> frame, std::size_t unit, std::span<std::byte> raw);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Compresses chunks; at the vendor's.
class ChunkEncoder {
  public:
    /// Of Zstandard, 1 to 22. Throws std::runtime_error.
    explicit ChunkEncoder(int compression_level);
    ~ChunkEncoder();
    ChunkEncoder(ChunkEncoder &&) noexcept;
    ChunkEncoder &operator=(ChunkEncoder &&) noexcept;

    /// The stored chunk; valid until the next call. Also gives the place of each unit's frame in it.
    struct Encoded {
        std::span<const std::byte> stored;
        std::vector<std::span<const std::byte>> frames;
    };
    Encoded encode(std::span<const std::byte> raw);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// How many units a chunk of this many bytes has.
constexpr std::size_t unit_count(std::uint64_t raw_bytes) {
    return static_cast<std::size_t>((raw_bytes + unit_bytes - 1) / unit_bytes);
}

} // namespace updater::firmware
