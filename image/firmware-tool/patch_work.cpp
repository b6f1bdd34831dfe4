// One patch after the other, each on all processors.
#include "image/firmware-tool/patch_work.hpp"

#include "image/delta/patch_builder.hpp"
#include "image/firmware-tool/progress_line.hpp"

#include <system_error>

namespace firmware_tool {

PatchWork::~PatchWork() {
    for (const auto &file : files_) {
        std::error_code cannot_be_helped;
        std::filesystem::remove(file, cannot_be_helped);
    }
}

std::vector<firmware_writer::PatchPart> PatchWork::make(const updater::firmware::ChunkIndex &chunks) {
    std::vector<firmware_writer::PatchPart> patches;
    for (const PatchBase &base : command_.patch_bases) {
        files_.push_back(command_.output.string() + ".patch-" + base.version);
        ProgressLine line("patch from " + base.version);
        patches.push_back(
            delta::build_patch({.from = updater::firmware::Version::parse(base.version),
                                .base_image = base.image,
                                .target_image = command_.image,
                                .chunks = chunks,
                                .data_file = files_.back(),
                                .threads = command_.threads,
                                .effort = command_.effort},
                               [&](std::uint64_t done, std::uint64_t all) { line.show(done, all); }));
    }
    return patches;
}

} // namespace firmware_tool
