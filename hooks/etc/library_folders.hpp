// What ldconfig is to read instead of the merged /etc/ld.so.conf. Reads only.
#pragma once

#include "hooks/overlay/overlay_view.hpp"
#include "partitions/storage.hpp"

#include <string>

namespace hooks::etc {

/// ld.so.conf with the contents of the files that it includes in the place of the includes: below /etc these
/// files are not where ldconfig would look for them. Throws std::runtime_error if a file includes itself.
std::string library_folders(partitions::Storage &storage, const overlay::OverlayView &etc);

} // namespace hooks::etc
