// Writes patch records (patch_codec.hpp has their format). For the vendor's tools; an appliance only reads
// them.
#pragma once

#include "updater/firmware/packing_effort.hpp"
#include "updater/firmware/patch_codec.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace updater::firmware {

/// Writes the record that makes `raw` from `base` with these steps. Throws std::invalid_argument if the steps
/// do not add up to `raw`.
std::vector<std::byte> encode_patch_record(std::span<const PatchStep> steps, std::span<const std::byte> raw,
                                           const BaseReader &base,
                                           PackingEffort effort = PackingEffort::smallest);

} // namespace updater::firmware
