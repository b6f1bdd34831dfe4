// A check of firmware on request: it runs beside everything else, and its document says what was found.
#include "updater/agent/firmware_check.hpp"
#include "updater/job/job_requests.hpp"

#include <future>
#include <stdexcept>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::agent;

TEST_GROUP(FirmwareCheck) {
    text::Clock clock = [] { return std::chrono::system_clock::time_point(std::chrono::hours(500000)); };

    static nlohmann::json document_after(FirmwareCheck & check) {
        while (check.document()["checking"].get<bool>())
            std::this_thread::yield();
        return check.document();
    }
};

TEST(FirmwareCheck, shows_nothing_before_the_first) {
    const FirmwareCheck check([](const Wanted &, CheckResults &, const std::stop_token &) {}, clock);
    STRCMP_EQUAL(
        R"({"began":null,"checking":false,"ended":null,"forecast":null,"format":1,"license":null,"number":null,)"
        R"("release_notes":null,)"
        R"("results":[],"source":null,"version":null})",
        check.document().dump().c_str());
}

TEST(FirmwareCheck, shows_what_was_found) {
    FirmwareCheck check(
        [](const Wanted &wanted, CheckResults &results, const std::stop_token &) {
            results.findings.add({"firmware", checks::Verdict::notice, wanted.source + " was looked at", ""});
        },
        clock);
    LONGS_EQUAL(1, check.begin("/data/new.fw"));
    const auto document = document_after(check);
    STRCMP_EQUAL("/data/new.fw", document["source"].get<std::string>().c_str());
    STRCMP_EQUAL("/data/new.fw was looked at", document["results"][0]["text"].get<std::string>().c_str());
    CHECK(document["ended"].is_string());
}

TEST(FirmwareCheck, shows_what_the_vendor_says_of_the_firmware) {
    FirmwareCheck check(
        [](const Wanted &wanted, CheckResults &results, const std::stop_token &) {
            if (wanted.source != "/data/new.fw")
                return;
            results.manifest.emplace();
            results.manifest->version = firmware::Version::parse("2.8.1.0");
            results.manifest->license = "Terms\nof use";
            results.manifest->release_notes = "Faster";
        },
        clock);
    check.begin("/data/new.fw");
    auto document = document_after(check);
    STRCMP_EQUAL("2.8.1.0", document["version"].get<std::string>().c_str());
    STRCMP_EQUAL("Terms\nof use", document["license"].get<std::string>().c_str());
    STRCMP_EQUAL("Faster", document["release_notes"].get<std::string>().c_str());
    check.begin("/data/unreadable.fw");
    document = document_after(check);
    CHECK(document["version"].is_null() && document["license"].is_null() &&
          document["release_notes"].is_null());
}

TEST(FirmwareCheck, shows_no_secrets_of_the_source) {
    FirmwareCheck check([](const Wanted &, CheckResults &, const std::stop_token &) {}, clock);
    check.begin("https://user:hunter2@host/new.fw?signature=hunter2");
    CHECK(document_after(check)["source"].get<std::string>().find("hunter2") == std::string::npos);
}

TEST(FirmwareCheck, runs_once_at_a_time) {
    std::promise<void> may_end;
    FirmwareCheck check(
        [&](const Wanted &, CheckResults &, const std::stop_token &) { may_end.get_future().wait(); }, clock);
    check.begin("");
    CHECK(check.document()["checking"].get<bool>());
    CHECK_THROWS(job::Busy, check.begin(""));
    may_end.set_value();
    document_after(check);
}

TEST(FirmwareCheck, has_a_number_of_its_own) {
    FirmwareCheck check([](const Wanted &, CheckResults &, const std::stop_token &) {}, clock);
    for (std::uint64_t number = 1; number <= 3; ++number) {
        LONGS_EQUAL(number, check.begin(""));
        LONGS_EQUAL(number, document_after(check)["number"].get<std::uint64_t>());
    }
}

TEST(FirmwareCheck, that_fails_on_the_way_says_so) {
    FirmwareCheck check(
        [](const Wanted &, CheckResults &results, const std::stop_token &) {
            results.findings.add({"version", checks::Verdict::pass, "2.8.0.0 runs", ""});
            throw std::runtime_error("the bus has gone");
        },
        clock);
    check.begin("");
    const auto results = document_after(check)["results"];
    LONGS_EQUAL(2, results.size());
    STRCMP_EQUAL("fail", results[1]["verdict"].get<std::string>().c_str());
    STRCMP_EQUAL("the checks ended early: the bus has gone", results[1]["text"].get<std::string>().c_str());
}

TEST(FirmwareCheck, forecasts_when_it_is_asked_to) {
    std::vector<bool> checked_with_force;
    FirmwareCheck check([&](const Wanted &wanted, CheckResults &,
                            const std::stop_token &) { checked_with_force.push_back(wanted.force); },
                        clock,
                        [](const std::string &source, const job::InstallOptions &options,
                           const std::stop_token &) -> nlohmann::json {
                            if (source.empty())
                                throw std::runtime_error("no server\nanswers");
                            return {{"to", "2.8.1.0"}, {"forced", options.force}};
                        });
    check.begin_dry_run("/a.fw", {.force = true});
    STRCMP_EQUAL(R"({"forced":true,"to":"2.8.1.0"})", document_after(check)["forecast"].dump().c_str());
    check.begin("/a.fw");
    CHECK(document_after(check)["forecast"].is_null());
    check.begin_dry_run("", {});
    STRCMP_EQUAL(R"({"problem":"no server answers"})", document_after(check)["forecast"].dump().c_str());
    CHECK((checked_with_force == std::vector{true, false, false}));
}

TEST(FirmwareCheck, ends_when_the_agent_does) {
    FirmwareCheck check(
        [](const Wanted &, CheckResults &, const std::stop_token &stop) {
            while (!stop.stop_requested())
                std::this_thread::yield();
        },
        clock);
    check.begin("");
    check.end();
    CHECK_FALSE(check.document()["checking"].get<bool>());
    CHECK_THROWS(job::NotPossible, check.begin(""));
}
