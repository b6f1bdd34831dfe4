// Reads the archive of a snapshot, which nobody has vouched for: bounded before it is read, its description
// verified before it is parsed, each file against its hash before the next one. Writes nothing.
#pragma once

#include "updater/snapshot/archive_names.hpp"
#include "updater/snapshot/description.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace updater::snapshot {

class ArchiveReader {
  public:
    /// Fills the span and returns how many bytes; 0 at the end. May throw.
    using Source = std::function<std::size_t(std::span<std::byte> into)>;

    /// Reads the description. `name` stands for the file in messages. Throws SnapshotDamaged, and what the
    /// source throws.
    ArchiveReader(Source source, std::string name);
    ~ArchiveReader();
    ArchiveReader(const ArchiveReader &) = delete;
    ArchiveReader &operator=(const ArchiveReader &) = delete;

    const Description &description() const { return description_; }

    /// Who gets the files of one list. What it was given counts only after end(), which says that the hash is
    /// right.
    struct Sink {
        std::function<void(const Entry &)> begin = [](const Entry &) {};
        std::function<void(std::span<const std::byte>)> bytes = [](std::span<const std::byte>) {};
        std::function<void()> end = [] {};
    };
    /// Reads and verifies all files, once. On return the whole archive was as it was made. Throws
    /// SnapshotDamaged, and what source and sinks throw.
    void read_files(const Sink &settings, const Sink &base, const Sink &var);
    /// The same for nobody.
    void verify() { read_files({}, {}, {}); }

  private:
    struct Handle;

    std::uint64_t next_entry(const std::string &name);
    std::string read_text(const std::string &name, std::size_t max_bytes);
    std::size_t read_some(std::span<std::byte> into);
    void read_list(Tree tree, const std::vector<Entry> &entries, const Sink &sink);
    void read_file(Tree tree, const Entry &entry, const Sink &sink);
    [[noreturn]] void fail();
    [[noreturn]] void refuse(const std::string &what) const;

    std::string name_;
    std::unique_ptr<Handle> handle_;
    Description description_;
};

} // namespace updater::snapshot
