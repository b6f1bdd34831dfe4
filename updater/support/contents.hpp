// What a bundle has of this appliance: the list of its files and commands. Reads nothing before an item is
// asked for.
#pragma once

#include "hooks/programs.hpp"
#include "partitions/layout.hpp"
#include "updater/support/bundle.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace updater::support {

/// Where the items come from. All references outlive the items.
struct Appliance {
    partitions::Layout layout;
    std::filesystem::path root = "/"; ///< or a test's folder
    hooks::Programs &programs;
    std::function<std::string()> boot_environment;
};

std::vector<Item> contents_of(const Appliance &appliance);

} // namespace updater::support
