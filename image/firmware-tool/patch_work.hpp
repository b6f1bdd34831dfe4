// Making the patches that a build command asks for. The finding of differences is image/delta's.
#pragma once

#include "image/firmware-tool/options.hpp"
#include "image/firmware-writer/firmware_writer.hpp"

#include <filesystem>
#include <vector>

namespace firmware_tool {

/// The records lie in files beside the output until this object ends.
class PatchWork {
  public:
    explicit PatchWork(const BuildCommand &command) : command_(command) {}
    ~PatchWork();
    PatchWork(const PatchWork &) = delete;
    PatchWork &operator=(const PatchWork &) = delete;

    /// One patch for each base, with progress. Throws what image/delta throws.
    std::vector<firmware_writer::PatchPart> make(const updater::firmware::ChunkIndex &chunks);

  private:
    const BuildCommand &command_;
    std::vector<std::filesystem::path> files_;
};

} // namespace firmware_tool
