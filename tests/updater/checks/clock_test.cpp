// The clock before an upgrade: when it is certainly wrong, and when nobody keeps it.
#include "tests/support/fake_service_manager.hpp"
#include "updater/checks/clock.hpp"

#include <stdexcept>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::checks;

TEST_GROUP(Clock) {
    static constexpr std::chrono::system_clock::time_point noon{std::chrono::hours(500004)};
    updater_test::FakeServiceManager services;
    ClockFacts facts{.now = noon,
                     .image_made = noon - std::chrono::hours(24),
                     .feed_checked = noon - std::chrono::hours(1),
                     .is_synchronized = [] { return true; }};

    Finding found() {
        Findings findings;
        check_clock(facts, services, findings);
        LONGS_EQUAL(1, findings.all().size());
        STRCMP_EQUAL("clock", findings.all().front().check.c_str());
        return findings.all().front();
    }
    void expect(Verdict verdict, const char *text) {
        const Finding finding = found();
        CHECK(finding.verdict == verdict);
        STRCMP_CONTAINS(text, finding.text.c_str());
        CHECK_EQUAL(verdict != Verdict::pass, !finding.advice.empty());
    }
};

TEST(Clock, is_right_if_a_service_has_synchronized_it) {
    services.install("systemd-timesyncd.service");
    expect(Verdict::pass, "synchronized by systemd-timesyncd.service");
}

TEST(Clock, is_not_judged_where_no_service_keeps_it) {
    facts.is_synchronized = []() -> bool { throw std::runtime_error("was asked"); };
    expect(Verdict::pass, "no service synchronizes it");
}

TEST(Clock, that_a_service_should_have_synchronized_is_a_warning) {
    services.install("chrony.service");
    facts.is_synchronized = [] { return false; };
    expect(Verdict::warn, "chrony.service runs, but has not synchronized it");
}

TEST(Clock, of_before_the_image_is_wrong) {
    facts.image_made = noon + std::chrono::seconds(1);
    expect(Verdict::warn, "before the running image was made");
}

TEST(Clock, of_before_the_last_check_of_the_feed_is_wrong) {
    facts.feed_checked = noon + std::chrono::hours(2);
    expect(Verdict::warn, "before the last check of the feed");
}

TEST(Clock, is_judged_by_what_is_known) {
    facts.image_made.reset();
    facts.feed_checked.reset();
    expect(Verdict::pass, "says ");
}

TEST(Clock, that_cannot_be_asked_about_is_a_warning) {
    services.install("chrony.service");
    facts.is_synchronized = []() -> bool { throw std::runtime_error("no answer"); };
    expect(Verdict::warn, "cannot be checked: no answer");
}
