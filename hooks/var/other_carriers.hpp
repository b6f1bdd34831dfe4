// The places in /var that something other than this conversion carries to the new system, or that are not
// carried because the new system shows something else there. Only reads.
#pragma once

#include "hooks/conversion_program.hpp"
#include "partitions/storage.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace hooks::var {

struct OtherCarrier {
    bool reaches_new_system = true;
    std::string how; ///< for the report
};

/// By path below /var: the shared places and the message stores of both systems. Formats:
/// usr/share/update-control/shared-places and appliance.xml (store/@path) of the two roots; a file that does
/// not exist names nothing. Throws ConversionFailed for an appliance.xml that is no XML.
std::map<std::filesystem::path, OtherCarrier> other_carriers(partitions::Storage &storage,
                                                             const ConversionRequest &request);

} // namespace hooks::var
