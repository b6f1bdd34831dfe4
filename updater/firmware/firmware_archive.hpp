// The entries of a firmware file, taken out of the archive one after the other. Knows their names, order and
// lengths and nothing of their contents. Internal to this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace updater {

/// Entry names, in their order (README, firmware file).
inline constexpr const char *manifest_entry = "manifest.xml";
inline constexpr const char *signature_entry = "manifest.sig";
inline constexpr const char *chunk_index_entry = "chunks";
inline constexpr const char *image_entry = "image";

/// A tar archive (pax, POSIX.1-2001; older tar forms are read as well) without any compression of the archive
/// itself.
class FirmwareArchive {
  public:
    /// Throws FirmwareRefused (not_a_firmware_file) if the file cannot be opened.
    explicit FirmwareArchive(std::filesystem::path file);
    ~FirmwareArchive();
    FirmwareArchive(const FirmwareArchive &) = delete;
    FirmwareArchive &operator=(const FirmwareArchive &) = delete;

    /// Goes to the next entry, which has to be a plain file of this name, and returns its length. Throws
    /// FirmwareRefused (not_a_firmware_file), FirmwareDamaged.
    std::uint64_t next_entry(std::string_view name);

    /// The next entry as a whole. Its length is compared with `most_bytes` before anything of it is read:
    /// throws FirmwareRefused (too_large) and as next_entry.
    std::string read_entry(std::string_view name, std::size_t most_bytes);

    /// Fills `bytes` with what comes next in this entry. Throws FirmwareDamaged if the file ends before.
    void read(std::span<std::byte> bytes);

    /// Throws FirmwareRefused if there is another entry.
    void expect_end();

  private:
    struct Handle;

    [[noreturn]] void fail();
    [[noreturn]] void refuse(const std::string &what) const;

    std::filesystem::path file_;
    std::string position_; ///< for messages: where in the file
    std::unique_ptr<Handle> handle_;
};

} // namespace updater
