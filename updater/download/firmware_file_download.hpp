// A whole firmware file into a folder here, checked piece by piece while it arrives, and gone on with after
// whatever cut it. Decides neither which firmware nor from where; gives the file no name of its own.
#pragma once

#include "partitions/space.hpp"
#include "partitions/storage.hpp"
#include "updater/download/firmware_pieces.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace updater::download {

struct DownloadRoom {
    std::uint64_t sync_bytes = 16UL * 1024 * 1024; ///< between two syncs; what a power cut can cost
    unsigned free_percent = 5; ///< of the file system that stays free: mail needs room as well
};

class FirmwareFileDownload {
  public:
    using SpaceOf = std::function<partitions::FileSystemSpace(const std::filesystem::path &)>;
    using Progress = std::function<void(std::uint64_t bytes_done, std::uint64_t bytes_all)>;

    /// `part`: the file, in a folder that exists; what is there of an earlier try is used. `storage` outlives
    /// this object.
    FirmwareFileDownload(partitions::Storage &storage, std::filesystem::path part, SpaceOf space_of,
                         DownloadRoom room = {});

    /// Fetches what is missing. No piece is fetched that is there and is what was signed; one that is not
    /// goes to no other place than the file. On return the file is whole and durable. `head` is that of
    /// `source`. Throws Refused (not enough room) and StorageFull, before anything is fetched, and with
    /// nothing left; FirmwareDamaged, when the source has no other place to read from and sends something
    /// else than was signed: the file is gone then; DownloadFailed, StorageError, Cancelled: what had arrived
    /// stays for the next call.
    void fetch(firmware::ByteSource &source, const firmware::FirmwareHead &head, const Progress &progress,
               const std::stop_token &stop);

  private:
    void open(std::uint64_t length_bytes);
    void require_room(std::uint64_t more_bytes) const;
    std::vector<bool> what_is_here(std::span<const FirmwarePiece> pieces, const Progress &progress,
                                   std::uint64_t length_bytes, const std::stop_token &stop) const;
    void fetch_pieces(firmware::ByteSource &source, std::span<const FirmwarePiece> pieces,
                      std::span<const firmware::ByteRange> rest, const Progress &progress,
                      std::uint64_t length_bytes, const std::stop_token &stop);
    std::vector<firmware::PatchIndex> patch_indexes(const firmware::FirmwareHead &head,
                                                    const std::stop_token &stop);

    partitions::Storage &storage_;
    std::filesystem::path part_;
    SpaceOf space_of_;
    DownloadRoom room_;
    std::unique_ptr<partitions::File> file_;
    bool had_begun_ = false; ///< an earlier try has left something
};

} // namespace updater::download
