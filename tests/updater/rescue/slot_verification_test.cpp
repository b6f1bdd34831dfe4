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
    std::vector<std::string> files;
    std::vector<firmware::ByteRange> asked;
    SlotVerification verification{slots.storage, slots.finder, slots.heads, slots.keys,
                                  [this](const std::filesystem::path &,
                                         std::span<const firmware::ByteRange> places,
                                         const std::stop_token &) {
                                      asked.assign(places.begin(), places.end());
                                      if (files == std::vector<std::string>{"damaged"})
                                          throw std::runtime_error("no file system");
                                      return files;
                                  }};
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
        "4.00 MiB at byte 4194304; no file's content lies there",
        report.text.c_str());
}

TEST(SlotVerification, names_the_files_in_chunks_that_differ) {
    files = {"/usr/bin/one", "/usr/bin/two"};
    slots.put_partition("/dev/b", std::string(TwoSlots::partition_bytes, 'x')); // no help
    slots.damage("/dev/a", 4UL << 20U);
    auto report = verify(Slot::a);
    STRCMP_CONTAINS("; files there: /usr/bin/one, /usr/bin/two", report.text.c_str());
    CHECK(asked == (std::vector<firmware::ByteRange>{{4UL << 20U, 4UL << 20U}}));
    for (std::size_t number = 1'000; files.size() < SlotReport::max_files + 3; ++number)
        files.push_back("/usr/" + std::to_string(number));
    report = verify(Slot::a);
    STRCMP_CONTAINS("/usr/1002 and 98 more", report.text.c_str());
    LONGS_EQUAL(3, report.more_files);
    files = {"damaged"};
    STRCMP_CONTAINS("which files lie there can't be told: no file system", verify(Slot::a).text.c_str());
}

TEST(SlotVerification, looks_only_at_the_blocks_that_differ_where_the_other_slot_holds_the_same_image) {
    slots.put_partition("/dev/b", signed_image());
    slots.damage("/dev/a", (4UL << 20U) + 8'200);
    CHECK(verify(Slot::a).verdict == SlotVerdict::differs);
    CHECK(asked == (std::vector<firmware::ByteRange>{{(4UL << 20U) + 8'192, 4'096}}));
    slots.damage("/dev/b", 4UL << 20U); // the same chunk: no help any more
    CHECK(verify(Slot::a).verdict == SlotVerdict::differs);
    CHECK(asked == (std::vector<firmware::ByteRange>{{4UL << 20U, 4UL << 20U}}));
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
