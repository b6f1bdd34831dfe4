// Building, checking and mounting; see the header.
#include "tests/image/image-tool/image_factory.hpp"

#include "image/image-tool/image_writer.hpp"

#include <algorithm>
#include <stdexcept>

namespace image_test {
namespace {

constexpr std::size_t block_bytes = 4096;

} // namespace

void ImageFactory::build(const std::string &tree, const std::string &image, const std::string &previous,
                         std::uint64_t image_bytes) const {
    image_tool::ImageRequest request{
        .tree = workshop / tree,
        .output = workshop / image,
        .file_system = {.size_bytes = image_bytes,
                        .uuid = "b6f6c9a5-52a4-4c0f-9d0e-2f8a50c0a001",
                        .label = "system",
                        .time_seconds = 1'767'225'600},
    };
    if (!previous.empty())
        request.previous = workshop / previous;
    image_tool::build_image(request);
    workshop.shell("e2fsck -fn " + image + " >check.log 2>&1 || { cat check.log >&2; false; }");
}

unsigned ImageFactory::changed_blocks(const std::string &before, const std::string &after) const {
    const std::string old_bytes = read_file(workshop / before);
    const std::string new_bytes = read_file(workshop / after);
    if (old_bytes.size() != new_bytes.size())
        throw std::runtime_error("the images differ in size");
    unsigned count = 0;
    for (std::size_t at = 0; at < new_bytes.size(); at += block_bytes) {
        const std::string block = new_bytes.substr(at, block_bytes);
        if (block.find_first_not_of('\0') != std::string::npos &&
            old_bytes.compare(at, block_bytes, block) != 0)
            ++count;
    }
    return count;
}

bool ImageFactory::same(const std::string &one, const std::string &other) const {
    return read_file(workshop / one) == read_file(workshop / other);
}

std::string ImageFactory::describe(const std::string &folder) const {
    // The sizes of folders depend on the file system.
    workshop.shell(
        "set -e; here=$PWD; cd " + folder +
        "; { find . -path ./lost+found -prune -o -type d -printf '%p d %m %U %G\\n'"
        "    -o -printf '%p %y %m %U %G %s %l %n\\n'"
        "; find . -type f -exec sha256sum {} +"
        "; find . \\( -type b -o -type c \\) -exec stat -c '%n %t %T' {} +"
        "; find . -links +1 -type f -printf '%i %p\\n' | sort | awk '{ n[$1] = n[$1] \" \" $2 }"
        "    END { for (i in n) print n[i] }'"
        "; find . -path ./lost+found -prune -o -print0 | sort -z | xargs -0 getfattr -h -d -m - -e hex"
        "; } | LC_ALL=C sort >$here/description");
    return read_file(workshop / "description");
}

std::string ImageFactory::describe_image(const std::string &image) const {
    workshop.shell("mkdir -p mounted && mount -o loop,ro " + image + " mounted");
    try {
        const std::string description = describe("mounted");
        workshop.shell("umount mounted");
        return description;
    } catch (...) {
        workshop.shell("umount mounted");
        throw;
    }
}

unsigned ImageFactory::extents(const std::string &image, const std::string &path) const {
    workshop.shell("debugfs -R 'dump_extents -l " + path + "' " + image +
                   " 2>/dev/null | grep -c '^ *[0-9]*/ *[0-9]* *[0-9]*/' >extents || true");
    return static_cast<unsigned>(std::stoul(read_file(workshop / "extents")));
}

} // namespace image_test
