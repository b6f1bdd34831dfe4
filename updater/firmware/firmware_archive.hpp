// Reads the entries of a firmware archive one after the other. Knows their names, order and lengths, and
// nothing of their contents. Internal to this folder.
#pragma once

#include "updater/firmware/byte_source.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace updater::firmware {

/// Entry names, in their order (updater/firmware/format.md).
inline constexpr const char *manifest_entry = "manifest.xml";
inline constexpr const char *signature_entry = "manifest.sig";
inline constexpr const char *chunk_index_entry = "chunks";
inline constexpr const char *image_entry = "image";
inline constexpr const char *unit_index_entry = "units";

/// The contents of an entry begin this far behind the start of its header, and are padded to a multiple of it
/// (pax, POSIX.1-2001: one header block for each entry up to max_entry_bytes).
inline constexpr std::uint64_t archive_block_bytes = 512;
/// Longer entries would need an extended header.
inline constexpr std::uint64_t max_entry_bytes = (std::uint64_t{1} << 33U) - 1;

/// An uncompressed tar archive (pax, POSIX.1-2001, or an older tar format). Reads its source in small pieces,
/// and only as far as necessary.
class FirmwareArchive {
  public:
    /// `source` outlives the archive. Throws what the source throws, and FirmwareRefused
    /// (not_a_firmware_file).
    FirmwareArchive(ByteSource &source, std::stop_token stop);
    ~FirmwareArchive();
    FirmwareArchive(const FirmwareArchive &) = delete;
    FirmwareArchive &operator=(const FirmwareArchive &) = delete;

    /// Moves to the next entry, which must be a plain file of this name, and returns its length. Throws
    /// FirmwareRefused (not_a_firmware_file), FirmwareDamaged.
    std::uint64_t next_entry(std::string_view name);

    /// Reads the whole next entry. Its length is compared with `max_bytes` before any of it is read: throws
    /// FirmwareRefused (too_large), and as next_entry.
    std::string read_entry(std::string_view name, std::size_t max_bytes);

    /// Offset in the file of the contents of the current entry.
    std::uint64_t contents_offset_bytes() const;

  private:
    struct Handle;

    [[noreturn]] void fail();
    [[noreturn]] void refuse(const std::string &what) const;

    std::string position_; ///< for messages: where in the file
    std::unique_ptr<Handle> handle_;
};

} // namespace updater::firmware
