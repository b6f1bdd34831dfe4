// What to do about an OS partition that isn't as signed. Words only.
#pragma once

#include "updater/rescue/due_copy.hpp"
#include "updater/rescue/slot_verification.hpp"

#include <optional>
#include <string>

namespace updater::rescue {

/// Sentences with commands, in one line. `situation`: nothing if the disk doesn't tell. `written_again`: the
/// rescue copy, by itself and now.
std::string advice_for(const SlotReport &slot, partitions::Slot running,
                       const std::optional<Situation> &situation, bool written_again);

} // namespace updater::rescue
