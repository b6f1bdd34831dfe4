// Files that are generated from merged files of /etc: they are generated again by the new image's programs,
// or reported as out of date. Decides nothing about the source files.
#pragma once

#include "hooks/etc/etc_work.hpp"
#include "hooks/programs.hpp"

namespace hooks::etc {

/// Whether the file is generated from the one beside it, so that the decision about that text applies to it
/// too.
bool follows_its_source(const EtcWork &work, const std::filesystem::path &relative);

/// Call when everything else is in place. Generates maps of Postfix whose text comes from the other system;
/// ld.so.cache and udev/hwdb.bin, if the administrator changed their sources. A file that cannot be generated
/// is a conflict, which says what to run.
void generate_files(EtcWork &work, Programs &programs);

} // namespace hooks::etc
