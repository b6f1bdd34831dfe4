// The steps that make a whole image, collected from its files in any order and handed out chunk by chunk.
#pragma once

#include "image/delta/file_map.hpp"
#include "image/delta/matcher.hpp"
#include "updater/firmware/patch_codec.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace delta {

/// A step at its place in the new image.
struct PlacedStep {
    std::uint64_t image_offset_bytes = 0;
    std::uint64_t length_bytes = 0;
    updater::firmware::PatchStep::Kind kind{};
    std::uint64_t base_offset_bytes = 0;
};

/// Translates the resemblances of one pair of files to the images: adds where the base has a similar range,
/// literals elsewhere, cut where an extent of either file ends.
std::vector<PlacedStep> place(const ImageFile &new_file, const ImageFile &old_file,
                              const std::vector<Resemblance> &resemblances);

class BlockTable;

/// Replaces literal blocks that the base has anywhere, and adds that change nothing, by copies, and blocks of
/// zeros by zeros. Sorted by place.
std::vector<PlacedStep> refine(std::vector<PlacedStep> steps, std::span<const std::byte> image,
                               std::span<const std::byte> base, const BlockTable &blocks);

/// The steps of the range of the image, which are cut at its ends; what no step covers is zeros. `steps` are
/// sorted by their place and do not overlap.
std::vector<updater::firmware::PatchStep> steps_of(const std::vector<PlacedStep> &steps,
                                                   std::uint64_t offset_bytes, std::uint64_t length_bytes);

} // namespace delta
