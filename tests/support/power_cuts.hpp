// Runs a scenario again and again, with the power cut after each of its operations.
#pragma once

#include "tests/support/fake_storage.hpp"

#include <functional>

namespace partitions_test {

enum class Repeats {
    checked,
    skipped, ///< for a slow check that depends on the disk alone: many cuts leave the same
};

/// For each number of operations that the scenario completes, from none to all, and for every fate of
/// unsynced changes: prepare, run the scenario with the power cut, reboot, check. where: after how many
/// operations, before which, and the fate. Returns how many reboots were looked at. Throws std::logic_error
/// when the scenario changes nothing.
std::size_t for_each_cut(const std::function<void(FakeStorage &)> &prepare,
                         const std::function<void(FakeStorage &)> &scenario,
                         const std::function<void(FakeStorage &rebooted, const std::string &where)> &check,
                         const std::vector<UnsyncedFate> &fates = every_fate(),
                         Repeats repeats = Repeats::checked);

} // namespace partitions_test
