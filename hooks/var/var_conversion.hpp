// Carries the appliance's files in /var to the new system's generation, by rule: what the image provides and
// what can be made again stays behind, everything else is carried, and a report lists both.
#pragma once

#include "hooks/conversion_program.hpp"
#include "partitions/storage.hpp"

namespace hooks::var {

/// request.source: the configuration (an upper directory of /etc) that the conversion of /etc made;
/// request.target: becomes a copy of it, with the report update-control/carried-var.txt (format:
/// var_report.hpp). request.new_var: holds the new image's /var, or nothing (rehearsal), and gets what is
/// carried from request.old_var. Nothing else is written. What became of each file depends on old_var and the
/// two images alone, so a second run after a power cut gives the same result. Warnings and a summary go to
/// the log. Durable on return. Throws ConversionFailed, StorageError, std::system_error; target and new_var
/// are then incomplete.
///
/// - Places that var_rules.hpp says to leave stay behind; shared places and message stores are carried by
///   others (other_carriers.hpp).
/// - Files that the appliance made or changed are carried and replace the new image's. Files that are
///   unchanged since the old image are left to the new image. Owner, mode and extended attributes are merged
///   separately: those that were not changed are the new image's.
/// - Owners, also in access lists, are translated by name. A number without a name stays, unless it belongs
///   to another account in the new system: then it becomes an unassigned one.
/// - Hard links among carried files are kept; symbolic links are never followed.
/// - Where the new image has a folder and the appliance a file, or the other way round, the new image's stays
///   and the appliance's is put beside it as NAME.update-old.
/// - Sockets, FIFOs and device nodes stay behind. What is deleted while this runs is left out.
void convert_var(partitions::Storage &storage, const ConversionRequest &request, ConversionLog &log);

} // namespace hooks::var
