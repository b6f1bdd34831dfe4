// Many checks, one report: nothing that a check throws hides what the others found.
#include "updater/checks/finding.hpp"
#include "updater/refusal.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::checks;

TEST_GROUP(Findings) {
    Findings findings;

    void run_refused(const char *name, const char *what, const char *advice) {
        findings.run(name, [&]() -> std::string { throw Refused(what, advice); });
    }
};

TEST(Findings, of_no_check_are_good) {
    CHECK(findings.worst() == Verdict::pass);
    findings.refuse_failures();
}

TEST(Findings, keep_what_each_check_said) {
    findings.run("version", [] { return "2.8.0.0 runs"; });
    run_refused("space /data", "1 GiB is free", "Free 2 GiB.");
    findings.add({"packages", Verdict::skip, "none are required", ""});
    STRCMP_EQUAL(
        R"([{"advice":"","check":"version","code":"UC0402","text":"2.8.0.0 runs","verdict":"pass"},)"
        R"({"advice":"Free 2 GiB.","check":"space /data","code":"UC0412","text":"1 GiB is free","verdict":"fail"},)"
        R"({"advice":"","check":"packages","code":"UC0407","text":"none are required","verdict":"skip"}])",
        to_json(findings).dump().c_str());
}

TEST(Findings, are_as_bad_as_the_worst_of_them) {
    findings.add({"units", Verdict::warn, "cron.service has failed", ""});
    findings.add({"firmware", Verdict::notice, "it is older than a year", ""});
    CHECK(findings.worst() == Verdict::warn);
    findings.refuse_failures();
}

TEST(Findings, have_the_code_of_the_refusal_or_of_their_check) {
    const struct {
        const char *check;
        messages::Code thrown;
        messages::Code expected;
    } cases[] = {
        {"firmware", messages::Code::firmware_key_unknown, messages::Code::firmware_key_unknown},
        {"firmware", messages::Code::refused, messages::Code::check_firmware},
        {"firmware space /var", messages::Code::refused, messages::Code::check_firmware_space},
        {"space /var", messages::Code::refused, messages::Code::check_space},
        {"mailboxes", messages::Code::refused, messages::Code::check_program},
    };
    for (const auto &row : cases) {
        Findings one;
        one.run(row.check, [&]() -> std::string { throw Refused("no", "do", row.thrown); });
        try {
            one.refuse_failures();
            FAIL("nothing was refused");
        } catch (const Refused &refusal) {
            CHECK_TEXT(refusal.code() == row.expected, row.check);
        }
    }
}

TEST(Findings, refuse_with_one_code_if_all_failures_have_the_same) {
    run_refused("space /data", "1 GiB is free", "Free 2 GiB.");
    run_refused("space /var", "1 GiB is free", "Free 2 GiB.");
    try {
        findings.refuse_failures();
        FAIL("nothing was refused");
    } catch (const Refused &refusal) {
        CHECK(refusal.code() == messages::Code::check_space);
    }
}

TEST(Findings, refuse_with_all_that_failed) {
    run_refused("product", "made for another product", "Use another firmware.");
    findings.run("version", [] { return "2.8.0.0 runs"; });
    run_refused("space /data", "1 GiB is free", "Free 2 GiB.");
    try {
        findings.refuse_failures();
        FAIL("nothing was refused");
    } catch (const Refused &refusal) {
        STRCMP_EQUAL("made for another product; 1 GiB is free", refusal.what());
        STRCMP_EQUAL("Use another firmware. Free 2 GiB.", refusal.next_step().c_str());
        CHECK(refusal.code() == messages::Code::several_checks);
    }
}

TEST(Findings, show_no_secrets_and_nothing_that_a_terminal_obeys) {
    run_refused("space /data", "Largest: /home/\x1b[2J\xff\n, https://user:hunter2@host/x?token=hunter2", "");
    const std::string text = findings.all().front().text;
    CHECK(text.find("hunter2") == std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find('\n') == std::string::npos);
}

TEST(Findings, count_what_cannot_be_checked_as_failed) {
    findings.run("space /data",
                 []() -> std::string { throw std::runtime_error("statvfs: Input/output error"); });
    CHECK(findings.worst() == Verdict::fail);
    STRCMP_EQUAL("cannot be checked: statvfs: Input/output error", findings.all().front().text.c_str());
    const auto look = []() -> Finding { throw std::runtime_error("the bus has gone"); };
    findings.judge("failed units", look, Verdict::warn);
    CHECK(findings.all().back().verdict == Verdict::warn);
}

TEST(Findings, keep_the_commands_of_several_refusals_apart) {
    run_refused("failed units", "ssh.service has failed", "See why: systemctl status ssh.service");
    run_refused("space /data", "1 GiB is free", "Free 2 GiB.");
    run_refused("packages", "postfix is missing", "Install it: apt-get install postfix");
    try {
        findings.refuse_failures();
        FAIL("expected Refused");
    } catch (const Refused &refusal) {
        STRCMP_EQUAL("See why: systemctl status ssh.service; Free 2 GiB. Install it: apt-get install postfix",
                     refusal.next_step().c_str());
    }
}
