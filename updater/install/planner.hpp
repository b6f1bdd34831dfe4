// Chooses the way that needs the fewest bytes from the network. Writes nothing.
#pragma once

#include "updater/firmware/firmware_head.hpp"
#include "updater/install/block_lookup.hpp"
#include "updater/install/effort.hpp"
#include "updater/install/install_plan.hpp"
#include "updater/install/work_list.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace updater::install {

/// A way with everything that is needed to carry it out.
struct Route {
    Way way = Way::whole;
    std::vector<ChunkTask> tasks;
    std::optional<firmware::PatchEntry> patch_entry;
    std::optional<firmware::PatchIndex> patch;
    std::shared_ptr<const firmware::UnitIndex> units;
    std::shared_ptr<const BlockLookup> lookup;
    std::uint64_t fetch_bytes = 0; ///< including the indexes
};

/// Compares the possible ways.
class Planner {
  public:
    struct Partitions {
        partitions::File *base = nullptr; ///< null: none
        std::uint64_t base_bytes = 0;
        firmware::Version base_version;
        partitions::File *target = nullptr;
    };

    Planner(firmware::ByteSource &source, const firmware::FirmwareHead &head, Partitions partitions,
            const Effort &effort);

    /// The cheapest way for these chunks. Reads the beginning of the base and, unless a patch is cheap, both
    /// partitions. Throws as Installer::plan.
    Route choose(const ChunkNumbers &wanted, const std::vector<bool> &present, const Progress &progress,
                 const std::stop_token &stop);

    /// The next way after `failed`, for the chunks that are left. Throws as Installer::plan.
    Route fall_back(Way failed, const ChunkNumbers &wanted, const std::vector<bool> &present,
                    const Progress &progress, const std::stop_token &stop);

  private:
    Route whole(const ChunkNumbers &wanted) const;
    std::optional<Route> by_patch(const ChunkNumbers &wanted, const std::stop_token &stop);
    std::optional<Route> by_units(const ChunkNumbers &wanted, const std::vector<bool> &present,
                                  const Progress &progress, const std::stop_token &stop);
    bool is_base_of(const firmware::PatchEntry &patch) const;

    firmware::ByteSource &source_;
    const firmware::FirmwareHead &head_;
    Partitions partitions_;
    const Effort &effort_;
};

} // namespace updater::install
