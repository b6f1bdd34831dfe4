// What to do about a partition that isn't as signed.
#include "updater/rescue/advice.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::rescue;
using partitions::Slot;

TEST_GROUP(PartitionAdvice){static std::string advice(Slot slot, RescueHolds holds,
                                                      bool written_again = false,
                                                      bool holds_mail = false){SlotReport report;
report.slot = slot;
report.version = "2.8.1.0";
report.verdict = SlotVerdict::differs;
return advice_for(
    report, Slot::a,
    Situation{.holds = holds, .version = {}, .running_generation = {}, .holds_mail = holds_mail},
    written_again);
}
}
;

TEST(PartitionAdvice, is_a_command_for_each_case) {
    const struct {
        Slot slot;
        RescueHolds holds;
        bool written_again;
        const char *says;
    } cases[] = {
        {Slot::a, RescueHolds::nothing, false,
         "To write version 2.8.1.0 again, name its file or URL (update-control -l lists the files): "
         "update-control -i fw FILE --force"},
        {Slot::a, RescueHolds::rescue_copy, false,
         "meanwhile, if that one is as signed: update-control --restore"},
        {Slot::b, RescueHolds::rescue_copy, true, "is written again now"},
        {Slot::b, RescueHolds::rescue_copy, false, "To write it again: update-control --backup"},
        {Slot::b, RescueHolds::previous_system, false, "don't go back to it"},
        {Slot::b, RescueHolds::nothing, false, "To copy the running system there: update-control --backup"},
    };
    for (const auto &one : cases)
        STRCMP_CONTAINS(one.says, advice(one.slot, one.holds, one.written_again).c_str());
}

TEST(PartitionAdvice, names_the_mail_that_is_lost_with_the_previous_system_and_does_not_force_it) {
    const struct {
        Slot slot;
        const char *command;
    } cases[] = {{Slot::a, "update-control -i fw FILE, which first says what is given up"},
                 {Slot::b, "update-control --backup"}};
    for (const auto &one : cases) {
        const std::string text = advice(one.slot, RescueHolds::previous_system, false, true);
        STRCMP_CONTAINS(one.command, text.c_str());
        STRCMP_CONTAINS("the mail that was stored from the upgrade to the rollback", text.c_str());
        CHECK(text.find("--force") == std::string::npos);
    }
}

TEST(PartitionAdvice, names_no_way_back_where_nothing_is_known_of_the_rescue_partition) {
    SlotReport report;
    report.slot = Slot::a;
    CHECK(advice_for(report, Slot::a, std::nullopt, false).find("--restore") == std::string::npos);
}
