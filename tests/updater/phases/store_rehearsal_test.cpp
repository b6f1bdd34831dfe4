// The rehearsal of the stores' conversions in phase 2, while their services run.
#include "tests/updater/phases/converting_programs.hpp"
#include "tests/updater/phases/two_systems.hpp"
#include "updater/phases/store_rehearsal.hpp"

#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater_test;
using namespace updater::phases;

namespace {

const std::filesystem::path live_store = TwoSystems::old_generation / "var/lib/mail/messages";
const std::filesystem::path rehearsal_place = TwoSystems::new_generation / "rehearsal/stores";
const std::string program = "/usr/lib/update-control/hooks/convert";

} // namespace

TEST_GROUP(StoreRehearsal) {
    partitions_test::FakeStorage disk;
    TwoSystems systems{disk, partitions::Slot::a};
    FakeHookRunner &programs = systems.programs;
    job::JobFacts &facts = systems.facts;
    configuration::Appliance appliance;
    StoreRehearsal rehearsal{appliance, systems.conversions, disk, systems.roots, systems.generations};
    std::vector<int> statuses; ///< of one call of the program after the other, then 0

    void setup() override {
        disk.put_directory("/images/a");
        disk.put_file(live_store / "table", "m");
        disk.put_directory(TwoSystems::new_generation);
        appliance.stores = {
            {.name = "messages", .path = "/var/lib/mail/messages", .format = "1", .inspect = {}, .unit = {}}};
        facts.conversions = {{"etc", firmware::ConversionKind::configuration, "etc", "1", "2"},
                             {"messages", firmware::ConversionKind::store, "convert", "1", "2"},
                             {"messages", firmware::ConversionKind::store, "convert", "2", "3"}};
        programs.install_function(program, [this](const hooks::runner::HookCall &) {
            auto script = adds_its_name(disk, "convert");
            if (!statuses.empty()) {
                script.exit_code = statuses.front();
                script.standard_error = {"a bad moment"};
                statuses.erase(statuses.begin());
            }
            return script;
        });
    }
    void rehearse() {
        rehearsal.run("/images/b", systems.run, {88, 99});
    }
};

TEST(StoreRehearsal, runs_the_whole_chain_of_the_new_image_on_a_copy_and_leaves_nothing) {
    std::string result;
    disk.before_each([&](const std::string &) {
        const auto last = rehearsal_place / "messages.stage-2/table";
        if (disk.exists(last))
            result = disk.contents(last);
    });
    rehearse();
    STRCMP_EQUAL("m, convert 1-2, convert 2-3", result.c_str());
    STRCMP_EQUAL("m", disk.contents(live_store / "table").c_str());
    CHECK_FALSE(disk.exists(rehearsal_place));
    LONGS_EQUAL(2, programs.calls().size());
    for (const auto &call : programs.calls()) {
        STRCMP_EQUAL("/images/b", call.root.c_str());
        STRCMP_EQUAL("1", call.environment.at("UPDATE_CONTROL_REHEARSAL").c_str());
    }
    STRCMP_CONTAINS("the messages can be converted", systems.lines.back().c_str());
    CHECK(facts.rehearsed.contains("messages"));
}

TEST(StoreRehearsal, is_nothing_for_a_release_that_keeps_the_formats) {
    facts.conversions = {{"etc", firmware::ConversionKind::configuration, "etc", "1", "2"}};
    disk.take_away("/images/a");
    rehearse();
    CHECK(programs.calls().empty());
}

TEST(StoreRehearsal, goes_on_when_a_file_is_gone_before_its_turn_comes) {
    disk.put_file(live_store / "temporary", "x");
    bool there = true;
    disk.before_each([&](const std::string &operation) {
        if (there && operation.find("messages/table") != std::string::npos) {
            there = false;
            disk.take_away(live_store / "temporary");
        }
    });
    rehearse();
    LONGS_EQUAL(2, programs.calls().size());
}

TEST(StoreRehearsal,
     makes_another_copy_when_the_program_asks_to_be_tried_later_and_goes_on_without_in_the_end) {
    struct Case {
        std::vector<int> statuses;
        std::size_t calls;
        const char *failure;
    };
    for (const Case &each : {Case{{75, 75}, 4, ""}, Case{{0, 75}, 4, ""}, Case{{75, 75, 75}, 3, ""},
                             Case{{1}, 1, "the conversion of messages failed: a bad moment"}}) {
        statuses = each.statuses;
        const auto before = programs.calls().size();
        std::string failure;
        try {
            rehearse();
        } catch (const ConversionFailed &failed) {
            failure = failed.what();
        }
        STRCMP_EQUAL(each.failure, failure.c_str());
        LONGS_EQUAL(each.calls, programs.calls().size() - before);
    }
}
