// Tells the vendor how much of a firmware each kind of appliance will fetch.
#pragma once

#include "image/firmware-tool/options.hpp"
#include "image/firmware-writer/firmware_writer.hpp"

namespace firmware_tool {

/// Prints one line for each kind: with a release that there is a patch from; with that release, but without
/// using the patch; with any other. The second is computed by searching the image's blocks in the release's
/// image.
void print_fetch_table(const BuildCommand &command, const firmware_writer::FirmwareSummary &summary);

} // namespace firmware_tool
