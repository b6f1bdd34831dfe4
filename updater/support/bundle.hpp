// A bundle: collects its items one by one, masks them, and says in its README what is in it and what could
// not be had. Knows no item; contents.hpp lists them.
#pragma once

#include "updater/support/archive.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace updater::support {

/// One file of the bundle.
struct Item {
    std::string name; ///< its path in the bundle, "logs/20261121-030004.log"
    std::string what; ///< for people: where it is from
    /// What it throws says why the item is missing.
    std::function<std::string()> read;
};

/// Of all items together, before compression.
inline constexpr std::size_t max_bundle_bytes = 48UL * 1024 * 1024;

/// Adds each item below `folder`/, and at the end `folder`/README.txt. `on_progress` is told each item's name
/// before it is read. An item that can't be had, or is too much for `max_bytes`, is named in the README and
/// ends nothing. Throws std::runtime_error if the archive can't be written.
void write_bundle(Archive &archive, const std::string &folder, const std::vector<Item> &items,
                  const std::function<void(const std::string &name)> &on_progress,
                  std::size_t max_bytes = max_bundle_bytes);

} // namespace updater::support
