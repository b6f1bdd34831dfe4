// Carries the appliance's files in /var to the new system's generation, by rule: what the image itself makes
// and what can be made again stays behind, all else comes along, and a report names both.
#pragma once

#include "hooks/conversion_program.hpp"
#include "partitions/storage.hpp"

namespace hooks::var {

/// request.source: the configuration (an upper directory of /etc) that the conversion of /etc made;
/// request.target: becomes its like, with the report update-control/carried-var.txt (format: var_report.hpp).
/// request.new_var: holds the new image's /var, or nothing (rehearsal), and gets what is carried from
/// request.old_var. Nothing else is written. What became of each file depends on old_var and the two images
/// alone, so a second run after a cut gives the same. Warnings and a summary go to the log. Durable on
/// return. Throws ConversionFailed, StorageError, std::system_error; target and new_var are then useless.
///
/// - Places that var_rules.hpp says to leave stay behind; shared places and message stores are carried by
///   others (other_carriers.hpp).
/// - Files that are as the old image brought them are the new image's business. Those that the appliance made
///   or changed are carried, and win over the new image's; owner, mode and extended attributes each by
///   themselves, the ones that were not changed being the new image's.
/// - Owners, also in access lists, are translated by name. A number that has no name stays, unless it is
///   somebody's in the new system: then it becomes one that is nobody's.
/// - Hard links among what is carried stay such; symbolic links are never followed.
/// - Where the new image has a folder and the appliance none, or the other way round, the new image's
///   stays and the appliance's is laid beside it as NAME.update-old.
/// - Sockets, FIFOs and device nodes stay behind. What is deleted while this runs is left out.
void convert_var(partitions::Storage &storage, const ConversionRequest &request, ConversionLog &log);

} // namespace hooks::var
