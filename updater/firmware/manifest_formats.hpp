// The part of the manifest that says in which formats the new system keeps its data, and which earlier ones
// it can convert. Internal to this folder. Everything throws FirmwareRefused (wrong_manifest).
#pragma once

#include "updater/firmware/manifest.hpp"

#include <tinyxml2.h>

namespace updater::firmware {

/// Reads <formats> of `root`. No two have the same name.
void read_formats(const tinyxml2::XMLElement &root, Manifest &manifest);

/// Reads <conversions> of `root`, after the formats: each converts something that is named there. What is
/// merged from any format has that one conversion only.
void read_conversions(const tinyxml2::XMLElement &root, Manifest &manifest);

} // namespace updater::firmware
