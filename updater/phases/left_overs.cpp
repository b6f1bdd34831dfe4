// The mounts that phases make.
#include "updater/phases/left_overs.hpp"

#include "partitions/mount.hpp"

namespace updater {

void unmount_left_overs(const Layout &layout) {
    for (const auto *folder : {"new-root", "old-root", "image-root"})
        partitions::unmount_all(layout.run / folder);
}

} // namespace updater
