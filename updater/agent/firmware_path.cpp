#include "updater/agent/firmware_path.hpp"

#include "updater/refusal.hpp"

namespace updater::agent {

void require_firmware_file(partitions::Storage &storage, const std::filesystem::path &path) {
    const auto kind = storage.kind(path);
    if (kind == partitions::FileKind::directory)
        throw Refused(path.string() + " is a folder, not a firmware file",
                      "Name the file in it. See what was downloaded with: update-control -l",
                      messages::Code::no_such_firmware);
    if (kind != partitions::FileKind::file)
        throw Refused("there is no firmware file " + path.string(),
                      "See what is there with: update-control -l", messages::Code::no_such_firmware);
}

} // namespace updater::agent
