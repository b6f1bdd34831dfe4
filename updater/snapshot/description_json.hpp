// The description of a snapshot as JSON (format.md). Decides nothing but whether a text is one.
#pragma once

#include "updater/snapshot/description.hpp"

#include <string>
#include <string_view>

namespace updater::snapshot {

std::string description_text(const Description &description);

/// Checked (check_description). `name` stands for the file in messages. Throws SnapshotDamaged.
Description parse_description(std::string_view text, const std::string &name);

} // namespace updater::snapshot
