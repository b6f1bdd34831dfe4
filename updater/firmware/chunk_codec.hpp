// The stored form of one chunk of the OS image: units that can be fetched one by one, and still compress
// almost as well as one piece. Knows nothing of hashes, archives and indexes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace updater::firmware {

/// Every unit of a chunk is this long when unpacked; the last one may be shorter.
inline constexpr std::size_t unit_bytes = 32UL * 1024;
/// How much of the chunk before it a unit may refer to. More would compress a little better and take much
/// longer, because the encoder processes it again for each unit.
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

    /// Unpacks a whole stored chunk into `raw`, which has the chunk's length. Writes nothing outside `raw`.
    /// Throws std::runtime_error if the stored bytes do not unpack to exactly that length.
    void unpack(std::span<const std::byte> stored, std::span<std::byte> raw);

    /// Unpacks one unit into its place in `raw`, the whole chunk. The bytes before the unit must already be
    /// there. An empty frame is a unit of zeros. Throws as unpack.
    void unpack_unit(std::span<const std::byte> frame, std::size_t unit, std::span<std::byte> raw);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Compresses chunks. Used by the vendor's tools.
class ChunkEncoder {
  public:
    /// `compression_level`: that of Zstandard, 1 to 22. Throws std::runtime_error.
    explicit ChunkEncoder(int compression_level);
    ~ChunkEncoder();
    ChunkEncoder(ChunkEncoder &&) noexcept;
    ChunkEncoder &operator=(ChunkEncoder &&) noexcept;

    /// The stored chunk, and each unit's frame in it; valid until the next call.
    struct Encoded {
        std::span<const std::byte> stored;
        std::vector<std::span<const std::byte>> frames;
    };
    Encoded encode(std::span<const std::byte> raw);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Number of units in a chunk of this many bytes.
constexpr std::size_t unit_count(std::uint64_t raw_bytes) {
    return static_cast<std::size_t>((raw_bytes + unit_bytes - 1) / unit_bytes);
}

} // namespace updater::firmware
