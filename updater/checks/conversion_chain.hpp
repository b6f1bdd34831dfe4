// The conversions from the running system's formats to those of a firmware, from any release to any later
// one. Decides from the two descriptions alone; runs nothing.
#pragma once

#include "updater/configuration/appliance.hpp"
#include "updater/firmware/manifest.hpp"

#include <string>
#include <vector>

namespace updater::checks {

/// Number of the contract between this updater and conversion programs (updater/contracts.md). Firmware whose
/// programs need a later contract cannot be installed by this updater.
inline constexpr unsigned conversion_contract = 1;

/// The formats of the described system, as a manifest lists them; stores first.
std::vector<firmware::DataFormat> formats_of(const configuration::Appliance &appliance);

/// What has to be converted.
struct PresentFormats {
    std::vector<firmware::DataFormat> formats;
    std::string of; ///< for messages: "this appliance"
};

/// The steps in the order in which they run: format by format as the manifest lists them, for each the
/// shortest chain. A conversion from any format runs exactly once, even if the format stays the same, because
/// the two images differ. Data that the appliance does not have yet needs no step.
/// @throws Refused if something cannot be converted, or for a later contract.
std::vector<firmware::Conversion> conversion_chain(const firmware::Manifest &manifest,
                                                   const PresentFormats &present);
/// From the formats of the described system.
std::vector<firmware::Conversion> conversion_chain(const firmware::Manifest &manifest,
                                                   const configuration::Appliance &running);

} // namespace updater::checks
