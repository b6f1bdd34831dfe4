// What a power cut does to changes that are not yet synced.
#pragma once

#include <string>
#include <vector>

namespace partitions_test {

enum class Fate {
    lost,
    kept,
    torn, ///< by the seed: any subset of the changes of names, any subset of the written 512-byte sectors
};

struct UnsyncedFate {
    Fate names = Fate::lost;
    Fate data = Fate::lost;
    unsigned seed = 0;
};

/// All combinations of lost and kept, and torn ones with as many seeds as given.
std::vector<UnsyncedFate> every_fate(unsigned seeds = 8);

std::string text_of(const UnsyncedFate &fate);

} // namespace partitions_test
