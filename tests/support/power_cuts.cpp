// The loop over all cuts.
#include "tests/support/power_cuts.hpp"

#include <set>
#include <stdexcept>

namespace partitions_test {

std::size_t for_each_cut(const std::function<void(FakeStorage &)> &prepare,
                         const std::function<void(FakeStorage &)> &scenario,
                         const std::function<void(FakeStorage &, const std::string &)> &check,
                         const std::vector<UnsyncedFate> &fates, Repeats repeats) {
    std::size_t reboots = 0;
    std::set<std::size_t> checked;
    bool finished = false;
    for (std::size_t operations = 0; !finished; ++operations) {
        FakeStorage storage;
        prepare(storage);
        const std::size_t prepared = storage.operations().size();
        storage.cut_power_after(operations);
        std::string before = "the end";
        try {
            scenario(storage);
            finished = true;
        } catch (const PowerCut &cut) {
            before = cut.before_operation;
        }
        if (finished && storage.operations().size() == prepared) {
            throw std::logic_error(
                "the scenario changes nothing: there is no operation to cut the power after");
        }
        for (const UnsyncedFate &fate : fates) {
            const auto rebooted = storage.after_reboot(fate);
            ++reboots;
            if (repeats == Repeats::skipped && !checked.insert(rebooted->fingerprint()).second)
                continue;
            check(*rebooted, "cut after " + std::to_string(operations) + " operations, before '" + before +
                                 "', " + text_of(fate));
        }
    }
    return reboots;
}

} // namespace partitions_test
