// update-firmware install: the install engine without an appliance around it.
#pragma once

#include "image/firmware-tool/options.hpp"

namespace firmware_tool {

/// Prints plan and result to standard output, progress to standard error. Throws as the engine does.
void run_install(const InstallCommand &command);

} // namespace firmware_tool
