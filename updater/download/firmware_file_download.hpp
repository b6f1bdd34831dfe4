// Downloads a whole firmware file into a local folder, checks it piece by piece as it arrives, and resumes
// after any interruption. Does not decide which firmware, where from, or what the file is called.
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
    /// Between two syncs: a power cut costs at most this much.
    std::uint64_t sync_bytes = 16UL * 1024 * 1024;
    unsigned free_percent = 5; ///< of the file system, kept free for mail
};

class FirmwareFileDownload {
  public:
    using SpaceOf = std::function<partitions::FileSystemSpace(const std::filesystem::path &)>;
    using Progress = std::function<void(std::uint64_t bytes_done, std::uint64_t bytes_all)>;

    /// `part`: the file, in an existing folder. What an earlier attempt left in it is used. `storage`
    /// outlives this object.
    FirmwareFileDownload(partitions::Storage &storage, std::filesystem::path part, SpaceOf space_of,
                         DownloadRoom room = {});

    /// Fetches what is missing: pieces that are in the file and match their signed hash are not fetched
    /// again. Data that does not match is written to this file only. On return the file is complete and
    /// durable. `head` is that of `source`. Throws
    /// - Refused (not enough room) and StorageFull, before anything is fetched; no file is left;
    /// - FirmwareDamaged, if the source sends something other than was signed and knows no other server; the
    ///   file is removed;
    /// - DownloadFailed, StorageError, Cancelled; what has arrived stays for the next call.
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
    bool had_begun_ = false; ///< an earlier attempt has left something
};

} // namespace updater::download
