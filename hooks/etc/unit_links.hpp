// The links in /etc/systemd by which units are enabled: which unit a link enables, and which units the
// administrator disabled. Changes nothing. Format: systemd.unit(5), "[Install]": *.wants/, *.requires/,
// *.upholds/.
#pragma once

#include "partitions/storage.hpp"

#include <filesystem>
#include <map>
#include <set>
#include <string>

namespace hooks::etc {

/// Whether the path below /etc is such a folder of links, e.g. systemd/system/multi-user.target.wants.
bool is_unit_link_directory(const std::filesystem::path &relative);

/// "system" or "user", a slash, the unit's name -> the paths below /etc that enable it.
using UnitLinks = std::map<std::string, std::set<std::filesystem::path>>;

/// All such links below one /etc. Whiteouts do not count.
UnitLinks find_unit_links(partitions::Storage &storage, const std::filesystem::path &etc);

/// The units that the old image enables and of which the administrator removed every link without adding
/// another one.
std::set<std::string> find_disabled_units(partitions::Storage &storage, const std::filesystem::path &upper,
                                          const std::filesystem::path &old_etc);

} // namespace hooks::etc
