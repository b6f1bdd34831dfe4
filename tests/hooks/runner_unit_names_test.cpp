// Each part of the agent that runs programs has a unit of its own: a runner ends what it finds under its
// name.
#include "hooks/runner/systemd_hook_runner.hpp"

#include <set>

#include <CppUTest/TestHarness.h>

using namespace hooks::runner;

TEST_GROUP(UnitNames){};

TEST(UnitNames, are_different_for_all_who_run_programs) {
    std::set<std::string> names;
    for (const ProgramsOf user : programs_of_all) {
        const std::string name = unit_name_of(user);
        CHECK_TEXT(names.insert(name).second, name.c_str());
        // The health gate leaves out the updater's own units by these words.
        CHECK_TEXT(name.starts_with("update-control-") && name.ends_with(".service"), name.c_str());
    }
    STRCMP_EQUAL("update-control-restore.service", unit_name_of(ProgramsOf::restore).c_str());
}
