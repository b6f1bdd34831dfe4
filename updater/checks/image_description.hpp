// Whether an image describes itself as the manifest of its firmware does. The appliance is upgraded by the
// manifest, and goes by the image's own appliance.xml from then on: where they differ, the next upgrade would
// take the data for what it is not.
#pragma once

#include "updater/configuration/appliance.hpp"
#include "updater/firmware/manifest.hpp"

namespace updater::checks {

/// Product, hardware, version, stores and formats are the same. @throws Refused naming what is not.
void check_description(const firmware::Manifest &manifest, const configuration::Appliance &of_image);

} // namespace updater::checks
