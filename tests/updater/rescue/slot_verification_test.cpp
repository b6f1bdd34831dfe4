// Comparing a slot with what was signed for it, and the document that tells of it.
#include "tests/updater/rescue/rescue_fixture.hpp"
#include "updater/cancelled.hpp"
#include "updater/rescue/slot_verification.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::rescue;
using namespace updater_test;
using partitions::Slot;

TEST_GROUP(SlotVerification) {
    TwoSlots slots;
    SlotVerification verification{slots.storage, slots.finder, slots.heads, slots.keys};
    std::stop_source stop;
    int percent = 0;

    void setup() override {
        slots.keep_head_of_running();
    }
    SlotReport verify(Slot slot) {
        return verification.verify(
            slot, {}, [this](int value) { percent = value; }, stop.get_token());
    }
};

TEST(SlotVerification, passes_what_is_as_signed_and_changes_nothing) {
    const auto operations = slots.storage.operations().size();
    const auto report = verify(Slot::a);
    CHECK(report.verdict == SlotVerdict::as_signed);
    STRCMP_EQUAL("slot a holds the image of version 2.8.1.0 that was signed", report.text.c_str());
    LONGS_EQUAL(100, percent);
    LONGS_EQUAL(operations, slots.storage.operations().size());
}

TEST(SlotVerification, says_where_a_slot_differs) {
    slots.damage("/dev/a", 4UL << 20U);
    const auto report = verify(Slot::a);
    CHECK(report.verdict == SlotVerdict::differs);
    STRCMP_EQUAL(
        "slot a differs from the image of version 2.8.1.0 that was signed in 1 of 3 chunks; first places: "
        "4.00 MiB at byte 4194304",
        report.text.c_str());
}

TEST(SlotVerification, does_not_know_what_was_never_noted_or_can_not_be_believed) {
    CHECK(verify(Slot::b).verdict == SlotVerdict::unknown);
    STRCMP_CONTAINS("what was signed for slot b isn't known", verify(Slot::b).text.c_str());
    slots.heads.keep(Slot::a, "no head");
    const auto report = verify(Slot::a);
    CHECK(report.verdict == SlotVerdict::unknown);
    STRCMP_CONTAINS("what was signed for slot a can't be read", report.text.c_str());
}

TEST(SlotVerification, stops_when_asked) {
    stop.request_stop();
    CHECK_THROWS(Cancelled, verify(Slot::a));
}

TEST(SlotVerification, tells_all_of_it_in_a_document) {
    slots.damage("/dev/a", 4UL << 20U);
    VerificationReport report;
    STRCMP_EQUAL(
        R"({"began":null,"ended":null,"format":1,"percent":null,"problem":null,"slots":[],"verifying":false})",
        to_json(report, {}).dump().c_str());
    report.slots.push_back(verify(Slot::a));
    const auto document = to_json(report, 50);
    CHECK(document["verifying"].get<bool>());
    LONGS_EQUAL(50, document["percent"].get<int>());
    const auto slot = document["slots"][0];
    STRCMP_EQUAL("differs", slot["result"].get<std::string>().c_str());
    LONGS_EQUAL(1, slot["differing_chunks"].get<int>());
    LONGS_EQUAL(4194304, slot["ranges"][0]["offset"].get<int>());
}
