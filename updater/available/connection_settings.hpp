// How update-fetch reaches servers: from the vendor's configuration and the administrator's settings,
// including the files that they name. Fetches nothing.
#pragma once

#include "partitions/storage.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/configuration/settings.hpp"
#include "updater/download/connection.hpp"

namespace updater::available {

/// Throws Refused naming the file that cannot be read or holds no certificates, and the settings that name
/// it.
download::Connection connection_of(partitions::Storage &storage,
                                   const configuration::FirmwareSource &firmware,
                                   const configuration::DownloadSettings &settings);

} // namespace updater::available
