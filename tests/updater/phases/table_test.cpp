// The phase table of the product: all ten in order, each with the rules of phase.hpp, and an undo for just
// those that change something which outlasts the way back.
#include "tests/updater/phases/phase_run.hpp"
#include "tests/updater/phases/simulated_agent.hpp"
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

TEST(PhaseTable, lets_content_updates_run_also_when_the_last_phase_is_not_finished) {
    phases_tests::SimulatedMachine machine;
    phases_tests::SimulatedAgent agent(machine);
    auto facts = agent.new_facts(phases_tests::SimulatedAgent::rollback);
    std::swap(facts.old_slot, facts.new_slot); // it is committed
    std::swap(facts.old_generation, facts.new_generation);
    facts.operation = job::Operation::install;
    facts.content_before.emplace();
    std::vector<std::string> lines;
    auto run = updater_test::phase_run(facts, lines);
    const auto last = make_phase_table(agent.phases).back();

    CHECK(agent.content_lock.try_hold());
    machine.storage().fail_when("least-version", partitions_test::FakeStorage::Failure::full);
    facts.least_acceptable_version = "2.8.0.0";
    CHECK_THROWS(NotFinished, last.run(run));
    CHECK_FALSE(agent.content_lock.held_since().has_value());
    CHECK_FALSE(facts.content_before.has_value());
    CHECK(agent.programs.calls().empty()); // those after the commit follow when all is finished

    machine.storage().heal();
    CHECK(last.run(run) == job::PhaseEnd::done);
    LONGS_EQUAL(1, agent.programs.calls().size());
}
