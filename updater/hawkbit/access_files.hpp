// Reads the files that hawkbit.xml names: token, certificate, key, authorities. Refuses secrets that others
// could read or replace.
#pragma once

#include "partitions/storage.hpp"
#include "updater/download/connection.hpp"
#include "updater/hawkbit/client_settings.hpp"

#include <string>
#include <sys/types.h>

namespace updater::hawkbit {

struct Access {
    /// Without authorities: those in the appliance's folder are trusted.
    download::Connection connection;
    std::string authorization; ///< value of the header; empty: none is sent
};

/// `owner`: who must own token and key, root on an appliance. Throws Refused.
Access read_access_files(partitions::Storage &storage, const ClientSettings &settings, uid_t owner);

} // namespace updater::hawkbit
