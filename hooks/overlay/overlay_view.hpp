// Computes what is at a path when an upper directory lies over a lower one, without mounting anything. Only
// reads.
#pragma once

#include "partitions/storage.hpp"

#include <filesystem>
#include <map>
#include <optional>

namespace hooks::overlay {

class OverlayView {
  public:
    OverlayView(partitions::Storage &storage, std::filesystem::path upper, std::filesystem::path lower);

    /// Where the entry really is, in upper or lower; nothing if there is none or it was removed (also if a
    /// directory above it was removed or replaced). Symbolic links are neither followed on the way nor at the
    /// end: below one there is nothing. relative: normalized, without "..".
    std::optional<std::filesystem::path> find(const std::filesystem::path &relative) const;

    /// What stands in the directory `relative`: name -> where the entry really is. Nothing if there is no
    /// such directory. "" is the top.
    std::map<std::filesystem::path, std::filesystem::path> list(const std::filesystem::path &relative) const;

  private:
    /// What each layer has at a place; nothing: it has none, or what it has does not show.
    struct Layers {
        std::optional<std::filesystem::path> upper;
        std::optional<std::filesystem::path> lower;
    };
    Layers layers_at(const std::filesystem::path &relative) const;

    partitions::Storage &storage_;
    std::filesystem::path upper_;
    std::filesystem::path lower_;
};

/// The entry of one directory tree, with the same rule for links.
std::optional<std::filesystem::path> find_entry(partitions::Storage &storage,
                                                const std::filesystem::path &root,
                                                const std::filesystem::path &relative);

} // namespace hooks::overlay
