// The interface through which the product writes everything that must survive a power cut: partitions, whole
// files, renames, links, the GRUB environment. Every changing operation is one step that a test can record,
// and after which it can simulate a power cut. No code may write durable data past it, and no implementation
// may ignore a result. What is durable when: writes after File::sync(), a new, removed or renamed name after
// sync_directory() of its directory (for a rename between directories: of both), everything after
// sync_filesystem().
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <sys/types.h>
#include <vector>

namespace partitions {

/// A storage operation failed. The message says which, on what, why it failed and what to do next.
class StorageError : public std::runtime_error {
  public:
    StorageError(const std::string &operation, std::filesystem::path path, const std::string &reason,
                 const std::string &advice);
    const std::filesystem::path &path() const noexcept { return path_; }

  private:
    std::filesystem::path path_;
};

/// No space (or quota) left; the caller can ask for space to be freed and retry.
class StorageFull : public StorageError {
  public:
    using StorageError::StorageError;
};

/// The file or directory does not exist.
class StorageNotFound : public StorageError {
  public:
    using StorageError::StorageError;
};

/// The device is mounted or in use.
class StorageBusy : public StorageError {
  public:
    using StorageError::StorageError;
};

enum class OpenMode {
    read,
    create_or_truncate,
    append,              ///< created if it does not exist
    overwrite_in_place,  ///< must exist; is neither truncated nor created
    block_device,        ///< must exist; read and write past the page cache (O_DIRECT), held exclusively
    block_device_shared, ///< the same, for reading only; others may have it mounted
};

/// The type of what is at a path; a symbolic link is not followed. `other`: device, FIFO, socket.
enum class FileKind { none, file, directory, symlink, other };

/// What stat(2) says about a path, symbolic links not followed.
struct FileDetails {
    FileKind kind = FileKind::none;
    mode_t mode = 0; ///< type and permission bits
    uid_t owner = 0;
    gid_t group = 0;
    std::uint64_t size_bytes = 0;
    std::uint64_t link_count = 0;
    std::uint64_t identity = 0; ///< equal for two names of one file (hard links), within one file system
    dev_t device = 0;           ///< of a device node: the device it stands for
};

/// An open file. A written file must be closed with close(), whose failure must be handled; the destructor
/// only releases the handle. All operations throw StorageError. In the block_device modes an offset must be a
/// multiple of block_alignment_bytes; the length may be any (the rest of the last block is kept as it is on
/// the device). In these modes several threads may read, write, zero and sync at once, and memory that is
/// aligned to block_alignment_bytes is not copied.
class File {
  public:
    static constexpr std::size_t block_alignment_bytes = 4096;

    File() = default;
    File(const File &) = delete;
    File &operator=(const File &) = delete;
    virtual ~File() = default;

    /// Fills the span from the offset on; returns the bytes read, fewer than asked for only at the end of the
    /// file.
    virtual std::size_t read_at(std::uint64_t offset_bytes, std::span<std::byte> into) = 0;
    /// Writes all of the span. Not durable before sync().
    virtual void write_at(std::uint64_t offset_bytes, std::span<const std::byte> bytes) = 0;
    /// Writes all of the span at the end of the file. Not durable before sync().
    virtual void append(std::span<const std::byte> bytes) = 0;
    /// Makes the range read as zeros without sending them where the device can do that (BLKZEROOUT,
    /// fallocate).
    virtual void zero(std::uint64_t offset_bytes, std::uint64_t length_bytes) = 0;
    /// Whether zero() is cheap because no data is sent to the device.
    virtual bool zeroes_by_itself() = 0;
    /// For a block device, the size of the device.
    virtual std::uint64_t size_bytes() = 0;
    /// On return the contents are durable (the device's own cache included); the name may not be.
    virtual void sync() = 0;
    /// May be called once; later operations throw StorageError.
    virtual void close() = 0;
};

/// All operations throw StorageError (StorageFull, StorageNotFound and StorageBusy where that is the reason).
class Storage {
  public:
    Storage() = default;
    Storage(const Storage &) = delete;
    Storage &operator=(const Storage &) = delete;
    virtual ~Storage() = default;

    virtual std::unique_ptr<File> open(const std::filesystem::path &path, OpenMode mode,
                                       mode_t create_mode = 0644) = 0;
    /// Replaces `to` atomically if it exists. A protection that forbids this (chattr +i, +a) is taken off,
    /// here and in remove().
    virtual void rename(const std::filesystem::path &from, const std::filesystem::path &to) = 0;
    /// A file, a link or an empty directory.
    virtual void remove(const std::filesystem::path &path) = 0;
    /// Does nothing if the directory exists.
    virtual void make_directory(const std::filesystem::path &path, mode_t mode = 0755) = 0;
    virtual void make_symlink(const std::filesystem::path &target, const std::filesystem::path &link) = 0;
    virtual void make_hard_link(const std::filesystem::path &existing, const std::filesystem::path &link) = 0;
    /// mknod(2): a device or FIFO; mode with its type bits. 0:0 as a character device is an overlay whiteout.
    virtual void make_node(const std::filesystem::path &path, mode_t mode, dev_t device) = 0;
    virtual void sync_directory(const std::filesystem::path &path) = 0;
    /// Syncs the whole file system that holds the path.
    virtual void sync_filesystem(const std::filesystem::path &path) = 0;
    /// Makes `to`, which must not exist, share the contents of `from` (FICLONE); copies them, holes kept,
    /// where the file system cannot. Owner, mode, times and extended attributes are those of `from`. Not
    /// durable.
    virtual void clone_file(const std::filesystem::path &from, const std::filesystem::path &to) = 0;
    /// Gives `to` the owner, mode, times and all extended attributes (trusted.* too) of `from`. Not durable.
    virtual void copy_attributes(const std::filesystem::path &from, const std::filesystem::path &to) = 0;
    /// The full paths of the directory's entries, sorted.
    virtual std::vector<std::filesystem::path> list(const std::filesystem::path &directory) = 0;
    virtual FileKind kind(const std::filesystem::path &path) = 0;
    virtual FileDetails details(const std::filesystem::path &path) = 0;
    virtual std::filesystem::path read_symlink(const std::filesystem::path &path) = 0;
};

} // namespace partitions
