// What is generated from files of /etc that were merged: it is generated again by the new image's programs,
// or reported as out of date. Decides nothing about the files themselves.
#pragma once

#include "hooks/etc/etc_work.hpp"
#include "hooks/programs.hpp"

namespace hooks::etc {

/// Whether the file is generated from the one beside it, so that the text's fate is its own.
bool follows_its_source(const EtcWork &work, const std::filesystem::path &relative);

/// When all else is in place: maps of Postfix beside their text, where text and map are no longer of one
/// system; ld.so.cache and udev/hwdb.bin, if the administrator changed what they are made from. What cannot
/// be generated is a conflict, which says what to run.
void generate_files(EtcWork &work, Programs &programs);

} // namespace hooks::etc
