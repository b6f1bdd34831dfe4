// Images made by update-image's own function in a temporary folder, with comparison and inspection.
#pragma once

#include "tests/support/image_fixture.hpp"

#include <cstdint>
#include <string>

namespace image_test {

class ImageFactory {
  public:
    static constexpr std::uint64_t size_bytes = 32UL * 1024 * 1024;

    Workshop workshop;

    /// Of the folder `tree` in the workshop; checked with e2fsck. Throws what build_image throws.
    void build(const std::string &tree, const std::string &image, const std::string &previous = {},
               std::uint64_t image_bytes = size_bytes) const;
    /// Of 4096 bytes; those that are zero in `after` do not count.
    unsigned changed_blocks(const std::string &before, const std::string &after) const;
    bool same(const std::string &one, const std::string &other) const;
    /// A description of a folder without times: kinds, modes, owners, contents, links, attributes.
    std::string describe(const std::string &folder) const;
    /// The same of an image, mounted.
    std::string describe_image(const std::string &image) const;
    /// The same of one file in an image, by e2fsprogs.
    unsigned extents(const std::string &image, const std::string &path) const;
};

} // namespace image_test
