// The requests of the bus interface that are about snapshots of the settings. No D-Bus here.
#pragma once

#include "partitions/base/file_descriptor.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace updater::bus {

enum class SnapshotAction { create, show, restore, cancel_restore, remove };

/// What an exported snapshot is encrypted with; both empty: it is not.
struct SnapshotSecret {
    std::string password; ///< any bytes
    std::string pem;      ///< a certificate to export, a private key to import
};

/// All return at once with the number of the work that they begin; the document shows when it has ended. They
/// throw Busy while other work on snapshots runs.
class SnapshotRequests {
  public:
    virtual ~SnapshotRequests() = default;

    /// `name`: of the snapshot; may be empty to create one.
    virtual std::uint64_t begin(SnapshotAction action, const std::string &name) = 0;
    /// To and from a regular file that the caller has opened.
    virtual std::uint64_t begin_export(const std::string &name, partitions::base::FileDescriptor file,
                                       const SnapshotSecret &secret) = 0;
    virtual std::uint64_t begin_import(const std::string &name, partitions::base::FileDescriptor file,
                                       const SnapshotSecret &secret) = 0;
    /// The snapshots document (format 1, interface.md).
    virtual nlohmann::json document() const = 0;
};

} // namespace updater::bus
