// The journal: what was appended is read again, a torn last line counts as not written, damage is found.
#include "tests/support/fake_storage.hpp"
#include "tests/support/power_cuts.hpp"
#include "updater/job/journal.hpp"

#include <openssl/evp.h>

#include <array>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::job;

namespace {

const std::filesystem::path file = "/data/update-control/journal";

Journal journal_on(partitions_test::FakeStorage &storage) {
    return {storage, file, "boot-1",
            [] { return std::chrono::system_clock::time_point(std::chrono::hours(1)); }};
}

JobFacts some_facts() {
    JobFacts facts;
    facts.job = "20261121-030004";
    facts.operation = Operation::install;
    facts.to_version = "2.8.1.0";
    facts.least_acceptable_version = "2.8.0.5";
    facts.new_slot = partitions::Slot::b;
    facts.expected_records["message-store"] = 4711;
    facts.conversions.push_back({"etc", updater::firmware::ConversionKind::configuration, "etc", "1", "2"});
    facts.machine.emplace().failed_units = {"broken.service"};
    return facts;
}

void write_three(partitions_test::FakeStorage &storage) {
    auto journal = journal_on(storage);
    Record first{.kind = RecordKind::job_begins};
    first.facts = some_facts();
    journal.begin(first);
    journal.append({.kind = RecordKind::phase_begins, .phase = Phase::install});
    journal.append({.kind = RecordKind::phase_failed,
                    .phase = Phase::install,
                    .outcome = Outcome::rolled_back,
                    .reason = "line one\nand \"two\"",
                    .next_step = "look"});
}

/// As the journal itself writes it.
std::string line_with_checksum(const std::string &json) {
    std::array<unsigned char, 32> digest{};
    EVP_Digest(json.data(), json.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    const std::string_view digits = "0123456789abcdef";
    std::string checksum;
    for (std::size_t index = 0; index < 8; ++index) {
        checksum += digits[digest.at(index) >> 4U];
        checksum += digits[digest.at(index) & 0xFU];
    }
    return checksum + ' ' + json + '\n';
}

} // namespace

TEST_GROUP(Journal){};

TEST(Journal, is_empty_before_the_first_job) {
    partitions_test::FakeStorage storage;
    CHECK(journal_on(storage).read().records.empty());
}

TEST(Journal, returns_what_was_written) {
    partitions_test::FakeStorage storage;
    write_three(storage);
    const auto contents = journal_on(storage).read();
    LONGS_EQUAL(3, contents.records.size());
    CHECK_FALSE(contents.damaged);
    CHECK(to_json(*contents.records[0].facts) == to_json(some_facts()));
    CHECK(contents.records[0].facts->machine == some_facts().machine);
    CHECK(contents.records[1].phase == Phase::install);
    STRCMP_EQUAL("boot-1", contents.records[1].boot_id.c_str());
    STRCMP_EQUAL("line one\nand \"two\"", contents.records[2].reason.c_str());
    CHECK(contents.records[2].outcome == Outcome::rolled_back);
}

TEST(Journal, of_a_newer_updater_keeps_what_this_one_cannot_read) {
    const struct {
        const char *name;
        nlohmann::json value;
    } cases[] = {{"operation", "repair"},
                 {"services", {{"format", 2}, {"list", {"postfix.service"}}}},
                 {"machine", {{"failed", 1}}},
                 {"addresses", {{{"interface", "ens3"}}}},
                 {"conversions", {{{"program", "etc"}}}},
                 {"conversions",
                  {{{"name", "mail"}, {"kind", "index"}, {"program", "index"}, {"from", "1"}, {"to", "2"}}}}};
    for (const auto &each : cases) {
        auto document = to_json(some_facts());
        document[each.name] = each.value;
        const auto facts = job_facts_from_json(document);
        CHECK_TEXT(facts.unread.contains(each.name), each.name);
        CHECK_TEXT(to_json(facts) == document, each.name);
    }
    CHECK(job_facts_from_json(to_json(some_facts())).unread.empty());
}

TEST(Journal, keeps_what_predictions_need_and_leaves_out_what_it_cannot_read_of_that) {
    auto facts = some_facts();
    facts.fetch_bytes = 1;
    facts.write_bytes = 2;
    facts.last_start = std::chrono::milliseconds(3);
    facts.store_bytes = 5;
    facts.rehearsed = {{"messages", std::chrono::milliseconds(4)}};
    facts.predicted = {{Phase::install, std::chrono::milliseconds(6), PredictedBy::estimate}};
    facts.predicted_when_mail_stops = {
        {Phase::migrate_store, std::chrono::milliseconds(7), PredictedBy::rehearsal}};
    auto document = to_json(facts);
    CHECK(to_json(job_facts_from_json(document)) == document);
    document["fetch_bytes"] = "many";
    document["write_bytes"] = -1;
    document["last_start_ms"] = UINT64_MAX;
    document["store_bytes"] = 1.5;
    document["rehearsed_ms"] = {{"messages", -4}, {"index", 5}};
    document["predicted"] = {3,
                             {{"phase", 0}, {"ms", 1}, {"by", "history"}},
                             {{"phase", 11}, {"ms", 1}, {"by", "history"}},
                             {{"phase", 3}, {"ms", -1}, {"by", "history"}},
                             {{"phase", 3}, {"ms", 1}, {"by", "an oracle"}},
                             {{"phase", 3}, {"ms", 1}},
                             {{"phase", 4}, {"ms", 1}, {"by", "history"}}};
    document["predicted_when_mail_stops"] = "soon";
    facts = job_facts_from_json(document);
    CHECK_FALSE(facts.fetch_bytes || facts.write_bytes || facts.store_bytes || facts.last_start);
    LONGS_EQUAL(1, facts.predicted.size());
    CHECK(facts.predicted.front().phase == Phase::prepare_store_migration);
    CHECK(facts.predicted_when_mail_stops.empty());
    LONGS_EQUAL(1, facts.rehearsed.size());
    LONGS_EQUAL(5, facts.rehearsed.at("index").count());
    CHECK(facts.unread.empty());
    document["rehearsed_ms"] = 3;
    CHECK(job_facts_from_json(document).rehearsed.empty());
}

TEST(Journal, keeps_the_versions_of_content_and_leaves_out_what_it_cannot_read_of_them) {
    auto facts = some_facts();
    CHECK_FALSE(to_json(facts).contains("content_before"));
    facts.content_before.emplace(); // seen, and there is none
    facts.content_converted.emplace()["words"] = "10";
    auto document = to_json(facts);
    CHECK(to_json(job_facts_from_json(document)) == document);
    CHECK(job_facts_from_json(document).content_before.has_value());
    document["content_before"] = 3;
    document["content_converted"] = {{"words", 10}, {"rules", "1"}};
    facts = job_facts_from_json(document);
    CHECK_FALSE(facts.content_before.has_value());
    LONGS_EQUAL(1, facts.content_converted->size());
    CHECK(facts.unread.empty());
}

TEST(Journal, of_an_older_updater_has_no_record_of_the_machine) {
    auto document = to_json(some_facts());
    document.erase("machine");
    CHECK_FALSE(job_facts_from_json(document).machine.has_value());
}

TEST(Journal, a_torn_last_line_counts_as_not_written_and_is_cut_off_by_the_next_record) {
    partitions_test::FakeStorage whole;
    write_three(whole);
    const auto text = whole.contents(file);
    const auto last_line = text.rfind('\n', text.size() - 2) + 1;
    for (auto length = last_line; length < text.size(); ++length) {
        partitions_test::FakeStorage storage;
        storage.put_directory(file.parent_path());
        storage.put_file(file, text.substr(0, length));
        auto journal = journal_on(storage);
        LONGS_EQUAL(2, journal.read().records.size());
        CHECK_FALSE(journal.read().damaged);
        journal.append({.kind = RecordKind::undo_begins});
        const auto contents = journal.read();
        LONGS_EQUAL(3, contents.records.size());
        CHECK(contents.records[2].kind == RecordKind::undo_begins);
    }
}

TEST(Journal, any_flipped_byte_in_the_middle_is_noticed) {
    partitions_test::FakeStorage whole;
    write_three(whole);
    const auto text = whole.contents(file);
    const auto second_line = text.find('\n') + 1;
    const auto third_line = text.find('\n', second_line) + 1;
    for (auto position = second_line; position + 1 < third_line; ++position) {
        auto changed = text;
        changed[position] = static_cast<char>(changed[position] ^ 1);
        partitions_test::FakeStorage storage;
        storage.put_directory(file.parent_path());
        storage.put_file(file, changed);
        const auto contents = journal_on(storage).read();
        LONGS_EQUAL(1, contents.records.size());
        CHECK(contents.damaged);
    }
}

TEST(Journal, an_intact_record_that_makes_no_sense_is_an_error_that_says_so) {
    const std::string head = R"({"format":1,"boot":"b",)";
    const std::vector<std::string> records = {
        "[]",
        "{",
        R"({"format":2,"kind":"resumed","boot":"b","time_ms":0,"phase":2})",
        R"({"format":1e300,"kind":"resumed","boot":"b","time_ms":0,"phase":2})",
        head + R"("kind":"resumed","phase":2})",
        head + R"("kind":"unknown","time_ms":0})",
        head + R"("kind":"resumed","time_ms":"0","phase":2})",
        head + R"("kind":"resumed","time_ms":9223372036854775807,"phase":2})",
        head + R"("kind":"resumed","time_ms":-9223372036854775808,"phase":2})",
        head + R"("kind":"resumed","time_ms":1e300,"phase":2})",
        head + R"("kind":"resumed","time_ms":0,"phase":0})",
        head + R"("kind":"resumed","time_ms":0,"phase":11})",
        head + R"("kind":"phase-begins","time_ms":0})",
        head + R"("kind":"phase-done","time_ms":0})",
        head + R"("kind":"phase-failed","time_ms":0})",
        head + R"("kind":"job-begins","time_ms":0,"facts":{}})",
        head + R"("kind":"resumed","time_ms":0,"phase":2,"more":)" + std::string(100000, '[') +
            std::string(100000, ']') + "}"};
    for (const std::string &record : records) {
        partitions_test::FakeStorage storage;
        storage.put_file(file, line_with_checksum(record));
        CHECK_THROWS(std::runtime_error, journal_on(storage).read());
    }
    partitions_test::FakeStorage storage;
    storage.put_file(file, line_with_checksum(head + R"("kind":"resumed","time_ms":0,"phase":2})"));
    LONGS_EQUAL(1, journal_on(storage).read().records.size());
}

TEST(Journal, facts_of_an_older_updater_lack_what_it_did_not_know) {
    auto document = to_json(some_facts());
    for (const char *const name : {"image_hash", "even_if_failed_before", "least_acceptable_version"})
        CHECK_EQUAL(1U, document.erase(name));
    const auto facts = job_facts_from_json(document);
    STRCMP_EQUAL("", facts.least_acceptable_version.c_str());
    STRCMP_EQUAL("2.8.1.0", facts.to_version.c_str());
}

TEST(Journal, a_record_is_there_or_not_after_a_power_cut_never_half) {
    partitions_test::for_each_cut(
        [](partitions_test::FakeStorage &storage) { storage.put_directory("/data"); },
        [](partitions_test::FakeStorage &storage) { write_three(storage); },
        [](partitions_test::FakeStorage &rebooted, const std::string &where) {
            const auto contents = journal_on(rebooted).read();
            CHECK_FALSE_TEXT(contents.damaged, where.c_str());
            CHECK_TEXT(contents.records.size() <= 3, where.c_str());
            if (!contents.records.empty())
                CHECK_TEXT(contents.records[0].kind == RecordKind::job_begins, where.c_str());
        });
}

TEST(Journal, can_cut_off_a_torn_line_on_a_full_disk) {
    partitions_test::FakeStorage disk;
    const auto clock = [] { return std::chrono::system_clock::time_point(); };
    Journal(disk, "/data/journal", "boot-1", clock).begin({.kind = RecordKind::job_begins});
    const auto whole = disk.contents("/data/journal");
    disk.put_file("/data/journal", whole + "torn");
    disk.fail_when("/data/journal.new", partitions_test::FakeStorage::Failure::full);
    disk.before_each([&disk](const std::string &operation) {
        if (operation == "remove /data/journal.reserve")
            disk.heal();
    });
    Journal journal(disk, "/data/journal", "boot-1", clock);
    journal.append({.kind = RecordKind::job_ended});
    const auto contents = journal.read();
    CHECK_FALSE(contents.damaged);
    LONGS_EQUAL(2, contents.records.size());
}
