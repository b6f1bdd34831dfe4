// Owner, mode, times, extended attributes and flags of one name: what partitions::Storage cannot read or set
// one by one. An interface, because tests have no overlay.
#pragma once

#include "updater/snapshot/description.hpp"

#include <filesystem>

namespace updater::snapshot {

class EntryAttributes {
  public:
    virtual ~EntryAttributes() = default;

    /// Adds them to the entry; a directory may be opaque. Throws std::exception.
    virtual void read(const std::filesystem::path &path, Entry &entry) const = 0;
    /// Gives what is at `path`, in an upper directory that nobody uses yet, the attributes of the entry.
    /// Throws std::exception.
    virtual void write(const std::filesystem::path &path, const Entry &entry) const = 0;
};

/// With the marks of an overlay. What it writes is durable after a sync of the file system.
class OverlayAttributes : public EntryAttributes {
  public:
    void read(const std::filesystem::path &path, Entry &entry) const override;
    void write(const std::filesystem::path &path, const Entry &entry) const override;
};

} // namespace updater::snapshot
