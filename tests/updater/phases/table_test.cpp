// The phase table of the product: all ten in order, each with the rules of phase.hpp, and an undo for just
// those that change something which outlasts the way back.
#include "updater/phases/table.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::phases;

namespace {

/// Room for phases that are never run: the table takes only their addresses.
union NoPhases {
    NoPhases() {}
    ~NoPhases() {}
    Phases phases;
};

} // namespace

TEST_GROUP(PhaseTable){};

TEST(PhaseTable, has_the_ten_phases_in_order_with_their_rules_and_what_undoes_them) {
    NoPhases none;
    const job::PhaseTable table = make_phase_table(none.phases);
    LONGS_EQUAL(job::phase_rules.size(), table.size());
    std::string undone;
    for (std::size_t index = 0; index < table.size(); ++index) {
        CHECK(table[index].phase == job::phase_rules[index].phase);
        CHECK(table[index].on_return == job::phase_rules[index].on_return);
        CHECK(table[index].run != nullptr);
        if (table[index].undo)
            undone += std::to_string(job::number_of(table[index].phase)) + " ";
    }
    STRCMP_EQUAL("2 3 4 5 6 10 ", undone.c_str());
}
