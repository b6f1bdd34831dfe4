// The failures of storage; everything else in storage.hpp is an interface.
#include "partitions/storage.hpp"

namespace partitions {

StorageError::StorageError(const std::string &operation, std::filesystem::path path,
                           const std::string &reason, const std::string &advice)
    : std::runtime_error("cannot " + operation + " " + path.string() + ": " + reason + "; " + advice),
      path_(std::move(path)) {}

} // namespace partitions
