// Carries the administrator's changes in /etc to the image of another release: a three-way comparison of the
// old image's /etc, the upper directory over it, and the new image's /etc. The result is a new upper
// directory. It never writes to its inputs.
#pragma once

#include "hooks/conversion_program.hpp"
#include "hooks/programs.hpp"
#include "partitions/storage.hpp"

namespace hooks::etc {

/// request.source: the old upper directory; request.target: becomes the new one, with a report in
/// update-control/carried-over.txt (format: carry_report.hpp). Each conflict is a line in the log, and the
/// last line is the summary. Durable on return. Throws ConversionFailed, StorageError, std::system_error; the
/// target is then incomplete.
///
/// - What the administrator made or changed is carried. Where the new image changed it too, it is
///   merged; where that can't be done, the administrator's version stays and the new image's is laid beside
///   it as NAME.update-new.
/// - What is the same in the new image, or was copied up without a change, is not needed and left behind.
/// - Removals are carried as whiteouts where the new image has what was removed. Disabled units stay disabled
///   even if the new image enables them in another place.
/// - Owners are translated by name (the number of a user may differ between the images).
/// - The exceptions are in special_places.hpp.
/// - What is generated from files that were merged is generated again, by the new image's programs.
void convert_etc(partitions::Storage &storage, const ConversionRequest &request, ConversionLog &log,
                 Programs &programs);
/// The same, with the programs of the system that it runs in.
void convert_etc(partitions::Storage &storage, const ConversionRequest &request, ConversionLog &log);

} // namespace hooks::etc
