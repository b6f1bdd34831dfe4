// The arguments behind --snapshot. Calls nobody and opens nothing.
#pragma once

#include <string>
#include <vector>

namespace updater::control {

/// What is to be done with snapshots of the settings.
struct SnapshotWish {
    std::string verb; ///< create, list, show, restore, cancel-restore, export, import, delete
    std::string name; ///< of the snapshot; may be empty with create and import
    std::string file; ///< of export and import: a path, or "-"
    std::string password_file;
    std::string certificate_file;
    std::string key_file;
    bool ask_password = false;
};

/// Adds what follows the verb. Throws UsageError, also for options that don't go with it.
void take_snapshot_operands(SnapshotWish &wish, const std::vector<std::string> &operands);

/// Without --snapshot. Throws UsageError if there is a password, certificate or key.
void require_no_secrets(const SnapshotWish &wish);

} // namespace updater::control
