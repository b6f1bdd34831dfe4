// Converts the policy objects in a configuration from format 1 to 2 and carries the files that their macros
// name.
#pragma once

#include "hooks/conversion_program.hpp"
#include "partitions/storage.hpp"

namespace hooks::policy {

/// request.source: the configuration (an upper directory of /etc) that the conversion before this one made;
/// request.target: becomes the same with mailsec/policies/*.xml in format 2. Files already in format 2, and
/// the new image's own, are left as they are. Macro files are carried as file_carrier.hpp says; each one that
/// could not be carried is a "warning:" line in the log, including files that were missing before. Durable on
/// return. Throws ConversionFailed for a policy that is not understood (it names the file), StorageError,
/// std::system_error.
void convert_policies(partitions::Storage &storage, const ConversionRequest &request, ConversionLog &log);

} // namespace hooks::policy
