// Writes the bytes of a firmware file to disk as they arrive, and checks the hash of each piece when its last
// byte has arrived. Internal to this folder.
#pragma once

#include "partitions/storage.hpp"
#include "updater/download/firmware_pieces.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace updater::download {

/// The bytes received for this range are not what was signed.
struct WrongPiece {
    firmware::ByteRange range;
};

class PieceArrival {
  public:
    /// `pieces` are ascending. `is_here` is set to true for each piece that has arrived. All outlive this
    /// object.
    PieceArrival(partitions::File &file, std::span<const FirmwarePiece> pieces, std::vector<bool> &is_here,
                 std::uint64_t sync_bytes);

    /// Offsets ascend from call to call. The calls together deliver whole pieces, and bytes that belong to no
    /// piece. Throws WrongPiece, StorageError.
    void take(std::uint64_t offset_bytes, std::span<const std::byte> bytes);

  private:
    void check(std::uint64_t offset_bytes, std::span<const std::byte> bytes);

    partitions::File &file_;
    std::span<const FirmwarePiece> pieces_;
    std::vector<bool> &is_here_;
    std::uint64_t sync_bytes_;
    std::uint64_t unsynced_bytes_ = 0;
    std::size_t next_ = 0;                  ///< first piece that is not complete
    partitions::base::Sha256Hasher hasher_; ///< of its bytes so far
};

} // namespace updater::download
