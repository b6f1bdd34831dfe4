// The part of the manifest that says in which formats the new system keeps its data, and which earlier ones
// it can convert. Internal to this folder. Every function throws xml::DocumentError.
#pragma once

#include "updater/firmware/manifest.hpp"
#include "updater/xml/element.hpp"

namespace updater::firmware {

/// Reads <formats>. No two have the same name.
void read_formats(xml::Element formats, Manifest &manifest);

/// Reads <conversions>, after the formats: each converts one of them. A conversion from any format is the
/// only one of its name.
void read_conversions(xml::Element conversions, Manifest &manifest);

} // namespace updater::firmware
