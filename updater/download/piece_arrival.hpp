// Bytes of a firmware file as they come: written to their place, and each piece's hash compared when its last
// byte is there. Internal to this folder.
#pragma once

#include "partitions/storage.hpp"
#include "updater/download/firmware_pieces.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace updater::download {

/// What came in this place is not what was signed.
struct WrongPiece {
    firmware::ByteRange range;
};

class PieceArrival {
  public:
    /// `pieces` ascend. `is_here` is set for each that has arrived. All outlive this object.
    PieceArrival(partitions::File &file, std::span<const FirmwarePiece> pieces, std::vector<bool> &is_here,
                 std::uint64_t sync_bytes);

    /// From call to call the offsets ascend; whole pieces come, and what belongs to none. Throws WrongPiece,
    /// StorageError.
    void take(std::uint64_t offset_bytes, std::span<const std::byte> bytes);

  private:
    void check(std::uint64_t offset_bytes, std::span<const std::byte> bytes);

    partitions::File &file_;
    std::span<const FirmwarePiece> pieces_;
    std::vector<bool> &is_here_;
    std::uint64_t sync_bytes_;
    std::uint64_t unsynced_bytes_ = 0;
    std::size_t next_ = 0;                  ///< the first piece that ends behind what has come
    partitions::base::Sha256Hasher hasher_; ///< of what has come of it
};

} // namespace updater::download
