// Turns errno into an exception that says what to do. Private to partitions/.
#pragma once

#include <filesystem>
#include <string>

namespace partitions {

/// operation: completes "cannot <operation> <path>". Throws StorageFull, StorageNotFound, StorageBusy or
/// StorageError.
[[noreturn]] void throw_storage_error(const std::string &operation, const std::filesystem::path &path,
                                      int error_number);

} // namespace partitions
