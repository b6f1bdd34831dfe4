// The old system's files as its programs saw them, while it does not run: /etc from the configuration being
// converted and the image below it, /var from its generation, all else from its image. Only reads.
#pragma once

#include "hooks/conversion_program.hpp"
#include "hooks/overlay/overlay_view.hpp"
#include "partitions/storage.hpp"

#include <filesystem>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace hooks::policy {

/// The part of the old system that a path belongs to.
enum class Region {
    configuration, ///< /etc
    generation,    ///< /var, apart from the shared places
    shared,        ///< outlives an OS: shared places in /var, and /data
    until_restart, ///< gone with a restart: /run, /tmp, /proc, /sys, /dev
    image,         ///< everything else
};

/// A path of the old system followed to its end.
struct ResolvedPath {
    struct Step {
        std::filesystem::path path; ///< absolute, normalized, no symbolic link above it
        Region region = Region::image;
        std::filesystem::path
            real; ///< where it can be read now; empty if it cannot be looked there: see resolve()
    };
    std::vector<Step> links;  ///< the symbolic links on the way, in order
    std::optional<Step> file; ///< the end; nothing if there is none
    std::string problem;      ///< why there is none
};

class OldSystem {
  public:
    /// request.source: the configuration that results from the conversions before this one.
    OldSystem(partitions::Storage &storage, const ConversionRequest &request);

    /// Follows symbolic links as the old kernel would have, component by component inside these trees: no
    /// link and no ".." in a link leads out of them. Never throws because of what it finds; problem says what
    /// is wrong with the path. In a shared or lost region, and with request.only_settings where nothing is
    /// known of the old system, the path ends without a look at it.
    ResolvedPath resolve(const std::filesystem::path &absolute) const;

    Region region_of(const std::filesystem::path &absolute) const;

  private:
    struct Walk;
    void follow_next_name(Walk &walk) const;
    static void end_without_look(Region region, Walk &walk);
    bool is_known(const std::filesystem::path &absolute, Region region) const;
    void follow_link(const ResolvedPath::Step &link, Walk &walk) const;
    std::filesystem::path real_path(const std::filesystem::path &absolute, Region region) const;

    partitions::Storage &storage_;
    ConversionRequest request_;
    overlay::OverlayView configuration_;
    std::set<std::filesystem::path> shared_places_;
    std::set<std::filesystem::path> snapshot_places_; ///< what is known of /var with request.only_settings
};

/// The second words of a file shared-places: "name /var/path" a line, '#' begins a comment. Nothing if it
/// does not exist.
std::set<std::filesystem::path> read_shared_places(partitions::Storage &storage,
                                                   const std::filesystem::path &file);

/// The first words of a file snapshot-places: "/var/path" a line, '#' begins a comment. Nothing if it does
/// not exist.
std::set<std::filesystem::path> read_folders(partitions::Storage &storage, const std::filesystem::path &file);

} // namespace hooks::policy
