// Writes a tree into an image, at the places that placement.hpp decides.
#pragma once

#include "image/image-tool/file_system.hpp"

#include <filesystem>
#include <optional>

namespace image_tool {

struct ImageRequest {
    std::filesystem::path tree;
    std::filesystem::path output; ///< replaced when the image is complete
    EmptyFileSystem file_system;
    std::optional<std::filesystem::path> previous;
};

/// On return the image is complete and durable. The same tree, request and earlier image give the same bytes.
/// Throws std::runtime_error and std::system_error.
void build_image(const ImageRequest &request);

} // namespace image_tool
