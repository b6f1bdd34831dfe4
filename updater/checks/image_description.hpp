// Compares an image's own appliance.xml with the manifest of its firmware. The upgrade follows the manifest,
// everything after it the image's appliance.xml: if they differ, the next upgrade would assume wrong formats.
#pragma once

#include "updater/configuration/appliance.hpp"
#include "updater/firmware/manifest.hpp"

namespace updater::checks {

/// Product, hardware, version, stores and formats must be equal. @throws Refused naming the first difference.
void check_description(const firmware::Manifest &manifest, const configuration::Appliance &of_image);

} // namespace updater::checks
