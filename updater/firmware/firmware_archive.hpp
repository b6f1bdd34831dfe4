// The entries of a firmware file, taken out of the archive one after the other. Knows their names, order and
// lengths and nothing of their contents. Internal to this folder.
#pragma once

#include "updater/firmware/byte_source.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace updater::firmware {

/// Entry names, in their order (README, firmware file).
inline constexpr const char *manifest_entry = "manifest.xml";
inline constexpr const char *signature_entry = "manifest.sig";
inline constexpr const char *chunk_index_entry = "chunks";
inline constexpr const char *image_entry = "image";
inline constexpr const char *unit_index_entry = "units";

/// The contents of an entry begin so far after its header, and take up multiples of it (pax, POSIX.1-2001:
/// one header block, as for all entries shorter than max_entry_bytes).
inline constexpr std::uint64_t archive_block_bytes = 512;
/// Longer ones would need an extended header.
inline constexpr std::uint64_t max_entry_bytes = (std::uint64_t{1} << 33U) - 1;

/// A tar archive (pax, POSIX.1-2001; older tar forms are read as well) without any compression of the archive
/// itself. Reads its source in small pieces, and only as far as it is asked to.
class FirmwareArchive {
  public:
    /// `source` outlives the archive. Throws what the source throws, and FirmwareRefused
    /// (not_a_firmware_file).
    FirmwareArchive(ByteSource &source, std::stop_token stop);
    ~FirmwareArchive();
    FirmwareArchive(const FirmwareArchive &) = delete;
    FirmwareArchive &operator=(const FirmwareArchive &) = delete;

    /// Goes to the next entry, which has to be a plain file of this name, and returns its length. Throws
    /// FirmwareRefused (not_a_firmware_file), FirmwareDamaged.
    std::uint64_t next_entry(std::string_view name);

    /// The next entry as a whole. Its length is compared with `max_bytes` before anything of it is read:
    /// throws FirmwareRefused (too_large) and as next_entry.
    std::string read_entry(std::string_view name, std::size_t max_bytes);

    /// Where the contents of the entry that next_entry() went to begin in the file.
    std::uint64_t contents_offset_bytes() const;

  private:
    struct Handle;

    [[noreturn]] void fail();
    [[noreturn]] void refuse(const std::string &what) const;

    std::string position_; ///< for messages: where in the file
    std::unique_ptr<Handle> handle_;
};

} // namespace updater::firmware
