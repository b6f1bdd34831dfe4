// Makes the patches that a build command asks for. image/delta finds the differences.
#pragma once

#include "image/firmware-tool/options.hpp"
#include "image/firmware-writer/firmware_writer.hpp"

#include <filesystem>
#include <vector>

namespace firmware_tool {

/// Keeps the records in files beside the output; the destructor removes them.
class PatchWork {
  public:
    explicit PatchWork(const BuildCommand &command) : command_(command) {}
    ~PatchWork();
    PatchWork(const PatchWork &) = delete;
    PatchWork &operator=(const PatchWork &) = delete;

    /// One patch for each base, with progress. Throws as image/delta does.
    std::vector<firmware_writer::PatchPart> make(const updater::firmware::ChunkIndex &chunks);

  private:
    const BuildCommand &command_;
    std::vector<std::filesystem::path> files_;
};

} // namespace firmware_tool
