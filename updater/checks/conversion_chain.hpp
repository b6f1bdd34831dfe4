// The conversions that lead from the running system's formats to those of a firmware, whichever release runs
// and whichever it skips. Decides from the two descriptions alone; runs nothing.
#pragma once

#include "updater/configuration/appliance.hpp"
#include "updater/firmware/manifest.hpp"

#include <vector>

namespace updater::checks {

/// The contract between this updater and conversion programs (updater/contracts.md). Firmware whose programs
/// want a later one cannot be installed by this updater.
inline constexpr unsigned conversion_contract = 1;

/// What the system that is described so keeps, in the manifest's words; the stores first.
std::vector<firmware::DataFormat> formats_of(const configuration::Appliance &appliance);

/// The steps in the order in which they run: format by format as the manifest lists them, for each the fewest
/// steps that lead there. What is merged from any format is merged once, also when its format stays the same,
/// because the two images differ all the same. Something that the appliance does not have yet needs no step.
/// @throws Refused naming what cannot be converted, or a later contract.
std::vector<firmware::Conversion> conversion_chain(const firmware::Manifest &manifest,
                                                   const configuration::Appliance &running);

} // namespace updater::checks
