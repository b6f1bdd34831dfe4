// What -s, -l and the end of a job print for people.
#include "tests/support/running_job_document.hpp"
#include "updater/control/documents.hpp"
#include "updater/control/feed_reports.hpp"
#include "updater/control/reports.hpp"

#include <algorithm>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::control;
using nlohmann::json;

namespace {

const json rolled_back = {{"job", "job-6"},
                          {"result", "rolled-back"},
                          {"from", "2.8.0.0"},
                          {"to", "2.8.1.0"},
                          {"reason", "the test message did not arrive"},
                          {"next", "read the log"},
                          {"ended", "2026-11-21T03:00:04+01:00"},
                          {"phases",
                           {{{"number", 1}, {"name", "download the update"}, {"seconds", 12.34}},
                            {{"number", 10}, {"name", "restart all services"}, {"seconds", 131}}}}};

} // namespace

TEST_GROUP(Reports){};

TEST(Reports, the_status_of_a_running_job_fits_a_screen) {
    auto state = running_job_document();
    state["note"] = "the appliance restarted during phase 2";
    STRCMP_EQUAL("Running         version 2.8.0.0, slot a\n"
                 "Mail            stopped\n"
                 "Job             install of version 2.8.1.0, running (job-7)\n"
                 "Phase           4 of 10, prepare the message store migration, 37 %, copying\n"
                 "Started         2026-11-21 03:00:04 +00:00\n"
                 "Expected end    not known yet\n"
                 "Paced to        25 MiB per second in phase 2\n"
                 "Log             /var/spool/updates/XPU/job-7.log\n"
                 "Note            the appliance restarted during phase 2\n",
                 status_report(state).c_str());
}

TEST(Reports, the_end_of_a_job_has_its_code_and_says_where_it_is_explained) {
    json last = rolled_back;
    CHECK(result_report(last).find("Code") == std::string::npos); // of an older agent
    last["code"] = "UC0706";
    STRCMP_CONTAINS("Code            UC0706, explained by: update-control --explain UC0706\n",
                    result_report(last).c_str());
}

TEST(Reports, the_status_says_when_the_job_ends_and_when_mail_flows_again) {
    auto state = running_job_document();
    state["expected_end"] = "2026-11-21T03:25:00+00:00";
    state["expected_seconds"] = 725;
    state["expected_mail_start"] = "2026-11-21T03:24:10+00:00";
    STRCMP_CONTAINS("Expected end    2026-11-21 03:25:00 +00:00 (in 12 min 5 s)\n"
                    "Mail waits      and flows again at about 2026-11-21 03:24:10 +00:00\n",
                    status_report(state).c_str());
    STRCMP_CONTAINS("Mail flows again at about 2026-11-21 03:24:10 +00:00.\n",
                    restart_report(state, "").c_str());
    state["expected_mail_stop"] = "2026-11-21T03:20:00+00:00";
    STRCMP_CONTAINS(
        "Mail waits      from about 2026-11-21 03:20:00 +00:00 to about 2026-11-21 03:24:10 +00:00\n",
        status_report(state).c_str());
}

TEST(Reports, say_of_the_content_only_what_matters) {
    json state = {{"format", 1}, {"running_version", "2.8.1.0"}, {"slot", "b"}, {"state", "idle"}};
    const auto lines = [&state](const json &content) {
        state["content"] = content;
        const auto report = status_report(state);
        return report.substr(std::min(report.find("Content"), report.size()));
    };
    const json nothing = {
        {"held_back", false}, {"held_since", nullptr}, {"job", nullptr}, {"components", json::array()}};
    STRCMP_EQUAL("", lines(nothing).c_str());
    STRCMP_EQUAL("", lines(nullptr).c_str());
    json component = {{"name", "words"}, {"version", "7"},
                      {"expected", "9"}, {"state", "as-expected"},
                      {"program", "/p"}, {"reason", "is 7, was 9 before the upgrade"}};
    json content = nothing;
    content["components"] = {component};
    content["job"] = "1";
    STRCMP_EQUAL("", lines(content).c_str());
    content["components"][0]["state"] = "repaired";
    STRCMP_EQUAL("Content         words is 7, was 9 before the upgrade (after job 1); it was repaired\n",
                 lines(content).c_str());
    content["components"][0]["state"] = "unrepaired";
    STRCMP_EQUAL("Content         words is 7, was 9 before the upgrade (after job 1)\n"
                 "Do              /p repair words\n",
                 lines(content).c_str());
    content = nothing;
    content["held_back"] = true;
    content["held_since"] = "2026-11-21T03:20:00+00:00";
    STRCMP_EQUAL(
        "Content         updates are held back since 2026-11-21 03:20:00 +00:00, until the job has ended\n",
        lines(content).c_str());
}

TEST(Reports, say_what_the_rescue_partition_holds_and_what_comes) {
    json state = {
        {"format", 1}, {"running_version", "2.8.1.0"}, {"slot", "b"}, {"state", "idle"}, {"mail", "flows"}};
    const auto lines = [&state](const json &changes) {
        state["rescue"] = {{"slot", "a"},        {"version", nullptr}, {"bootable", false},
                           {"holds", "unknown"}, {"made", nullptr},    {"state", "idle"},
                           {"percent", nullptr}, {"problem", nullptr}, {"next", nullptr}};
        state["rescue"].update(changes);
        const auto report = status_report(state);
        return report.substr(std::min(report.find("Rescue"), report.size()));
    };
    STRCMP_EQUAL("Rescue          slot a: nothing that can be started\n"
                 "                to copy the running system: update-control --backup\n",
                 lines(json::object()).c_str());
    STRCMP_EQUAL("Rescue          slot a: nothing that can be started\n"
                 "                the running system is being copied, 40 %\n",
                 lines({{"state", "copying"}, {"percent", 40}}).c_str());
    STRCMP_EQUAL("Rescue          slot a: previous system, version 2.8.0.0\n"
                 "                a copy of the running system is made after 2026-11-21 03:00:04 +00:00\n",
                 lines({{"version", "2.8.0.0"},
                        {"bootable", true},
                        {"holds", "previous system"},
                        {"next", "2026-11-21T03:00:04+00:00"}})
                     .c_str());
    STRCMP_EQUAL("Rescue          slot a: a copy of the running system, version 2.8.1.0\n"
                 "                the disk is full\n",
                 lines({{"version", "2.8.1.0"},
                        {"bootable", true},
                        {"holds", "rescue copy"},
                        {"problem", "the disk is full"}})
                     .c_str());
    state["rescue"] = nullptr;
    STRCMP_EQUAL("", status_report(state)
                         .substr(std::min(status_report(state).find("Rescue"), status_report(state).size()))
                         .c_str());
}

TEST(Reports, an_idle_appliance_tells_how_the_last_job_ended) {
    const json state = {{"format", 1},     {"running_version", "2.8.0.0"}, {"slot", "a"}, {"state", "idle"},
                        {"mail", "flows"}, {"last", rolled_back}};
    STRCMP_EQUAL(
        "Running         version 2.8.0.0, slot a\n"
        "Mail            flows\n"
        "Job             none\n"
        "\n"
        "The last job (job-6) was rolled back: the appliance runs the previous system: 2.8.0.0 -> 2.8.1.0\n"
        "Ended           2026-11-21 03:00:04 +01:00\n"
        "Reason          the test message did not arrive\n"
        "Next            read the log\n"
        "Phase  1      12.3 s  download the update\n"
        "Phase 10     131.0 s  restart all services\n",
        status_report(state).c_str());
}

TEST(Reports, a_problem_that_keeps_every_job_from_beginning_is_shown) {
    const json state = {{"state", "idle"}, {"problem", "the job journal cannot be read"}};
    STRCMP_CONTAINS("Problem         the job journal cannot be read\n", status_report(state).c_str());
}

TEST(Reports, mail_that_does_not_flow_is_shown_with_the_reason_and_a_command) {
    const json state = {
        {"state", "idle"},
        {"mail", "stopped"},
        {"mail_problem", {{"text", "postfix.service failed"}, {"advice", "journalctl -u postfix -b"}}}};
    STRCMP_CONTAINS("Mail            stopped: postfix.service failed\n"
                    "Do              journalctl -u postfix -b\n",
                    status_report(state).c_str());
    STRCMP_EQUAL("Mail is stopped: postfix.service failed\nDo              journalctl -u postfix -b\n",
                 mail_report(state).c_str());
    CHECK(is_mail_stopped(state));
}

TEST(Reports, say_nothing_of_mail_that_flows_or_that_a_job_keeps_back) {
    for (const json &state :
         {json{{"mail", "flows"}, {"mail_problem", nullptr}},
          json{{"mail", "stopped"}, {"mail_problem", nullptr}}, json{{"mail", "stopped"}}, json::object()}) {
        STRCMP_EQUAL("", mail_report(state).c_str());
        CHECK_FALSE(is_mail_stopped(state));
    }
    const json unknown = {{"mail", "unknown"}, {"mail_problem", {{"text", "systemd is silent"}}}};
    STRCMP_EQUAL("Whether mail flows is not known: systemd is silent\n", mail_report(unknown).c_str());
    CHECK_FALSE(is_mail_stopped(unknown));
}

TEST(Reports, the_end_of_a_job_counts_its_warnings_and_says_where_they_are) {
    STRCMP_CONTAINS("Warnings        3; see /var/spool/updates/XPU/job-7.log\n",
                    result_report({{"job", "job-7"},
                                   {"result", "succeeded"},
                                   {"warnings", 3},
                                   {"log", "/var/spool/updates/XPU/job-7.log"}})
                        .c_str());
    for (const json &none : {json{{"warnings", 0}}, json::object()})
        CHECK(result_report(none).find("Warnings") == std::string::npos);
}

TEST(Reports, each_result_has_its_sentence) {
    const struct {
        const char *result;
        const char *sentence;
    } cases[] = {{"succeeded", "succeeded"},
                 {"failed", "failed"},
                 {"refused", "was refused by the checks; nothing was changed"},
                 {"rolled-back", "was rolled back: the appliance runs the previous system"},
                 {"cancelled", "was cancelled; the appliance is as before"}};
    for (const auto &row : cases) {
        const std::string report = result_report({{"job", "j"}, {"result", row.result}});
        STRCMP_EQUAL((std::string("The last job (j) ") + row.sentence + "\n").c_str(),
                     report.substr(0, report.find('\n') + 1).c_str());
    }
}

TEST(Reports, the_list_tells_what_runs_is_installed_downloaded_and_available) {
    const json firmware = {
        {"format", 1},
        {"running", {{"version", "2.8.0.0"}, {"slot", "a"}}},
        {"other", {{"slot", "b"}, {"version", "2.7.0.0"}, {"bootable", true}, {"holds", "previous system"}}},
        {"downloaded",
         {{{"path", "/var/spool/updates/firmware/x.fw"},
           {"version", "2.8.1.0"},
           {"bytes", 327680000},
           {"downloaded", "2026-11-21T03:00:04+00:00"}}}},
        {"available", {{{"source", "https://updates.lan.test/firmware/newest.fw"}}}}};
    STRCMP_EQUAL("Running         version 2.8.0.0, slot a\n"
                 "Other slot      slot b: previous system, version 2.7.0.0, bootable\n"
                 "Downloaded      version 2.8.1.0, 312 MiB, 2026-11-21 03:00:04 +00:00, "
                 "/var/spool/updates/firmware/x.fw\n"
                 "Available       https://updates.lan.test/firmware/newest.fw\n",
                 firmware_report(firmware).c_str());
}

TEST(Reports, show_what_happens_by_itself_and_when) {
    const nlohmann::json schedule = {
        {"scheduled",
         {{"due", "2026-11-22T03:00:00+01:00"}, {"due_utc", "2026-11-22T02:00:00Z"}, {"source", ""}}},
        {"next_window",
         {{"opens", "2026-11-29T03:00:00+01:00"},
          {"opens_utc", "2026-11-29T02:00:00Z"},
          {"minutes", 120},
          {"installs", "security"}}},
        {"postponed_until", "2026-12-24T00:00:00+01:00"},
        {"settings_problem", "settings.xml is not XML"}};
    const std::string lines =
        "Scheduled       2026-11-22 03:00:00 +01:00 (2026-11-22 02:00:00 UTC): install the newest firmware; "
        "to cancel it: update-control --cancel-scheduled\n"
        "Next window     2026-11-29 03:00:00 +01:00 (2026-11-29 02:00:00 UTC), for 120 minutes: install "
        "security fixes only\n"
        "Postponed       no maintenance window is used before 2026-12-24 00:00:00 +01:00\n"
        "Settings        settings.xml is not XML\n";
    for (const std::string &report : {status_report(schedule), firmware_report(schedule)})
        CHECK_TEXT(report.find(lines) != std::string::npos, report.c_str());
    for (const char *name : {"scheduled", "next_window", "postponed_until", "settings_problem"}) {
        const std::string report = status_report({{name, nullptr}});
        CHECK_TEXT(
            report.find("Scheduled") == std::string::npos && report.find("Next") == std::string::npos &&
                report.find("Postponed") == std::string::npos && report.find("Settings") == std::string::npos,
            report.c_str());
    }
}

TEST(Reports, an_empty_list_says_so) {
    STRCMP_EQUAL("Running         version unknown, slot unknown\n"
                 "Downloaded      nothing\n"
                 "Available       no source is configured\n",
                 firmware_report({{"format", 1}}).c_str());
    // An agent that says null where nothing is known is understood as well.
    STRCMP_EQUAL(
        "Running         version unknown, slot unknown\n"
        "Downloaded      nothing\n"
        "Available       no source is configured\n",
        firmware_report(
            {{"running", nullptr}, {"other", nullptr}, {"downloaded", nullptr}, {"available", nullptr}})
            .c_str());
}

TEST(Reports, before_the_restart_it_says_how_to_go_on) {
    const std::string report = restart_report({{"firmware_version", "2.8.1.0"}}, "root@192.0.2.7");
    CHECK(report.find("The appliance restarts now (version 2.8.1.0).") == 0);
    CHECK(report.find("ssh root@192.0.2.7 update-control -f\n") != std::string::npos);
    CHECK(restart_report({{"firmware_version", nullptr}}, "").find("update-control -f") != std::string::npos);
}

TEST(Reports, before_the_restart_on_the_way_back_it_says_into_which_system) {
    for (const json &state : {json{{"firmware_version", "2.8.1.0"}, {"state", "restarting"}, {"phase", 10}},
                              json{{"firmware_version", "2.8.1.0"}, {"state", "rolling-back"}, {"phase", 6}}})
        STRCMP_EQUAL("The appliance restarts now, back into the system that ran before this job.\n"
                     "This connection will be lost. To go on watching, in a few minutes:\n"
                     "  ssh root@192.0.2.7 update-control -f\n",
                     restart_report(state, "root@192.0.2.7").c_str());
    const json forward = {{"firmware_version", "2.8.1.0"}, {"state", "restarting"}, {"phase", 6}};
    STRCMP_CONTAINS("The appliance restarts now (version 2.8.1.0).", restart_report(forward, "").c_str());
}

TEST(Reports, the_end_of_a_job_that_is_rolled_back_is_not_expected) {
    auto state = running_job_document();
    state["state"] = "rolling-back";
    STRCMP_CONTAINS("Expected end    not known while it is rolled back\n", status_report(state).c_str());
}

TEST(Reports, an_answer_that_is_no_document_of_format_1_is_an_error) {
    for (const char *text :
         {"", "no json", "[1]", "{}", "{\"format\":2}", "{\"format\":\"1\"}", "{\"format\":1"})
        CHECK_THROWS(UnknownDocument, read_document(text));
    CHECK_EQUAL(7, number_at(read_document("{\"format\":1,\"last\":7}"), "last"));
}

TEST(Reports, what_can_be_installed_is_told_hop_by_hop) {
    const json firmware = {{"feed",
                            {{"checked", "2026-11-21T03:00:04+01:00"},
                             {"expired", true},
                             {"expires", "2026-11-20T03:00:04+01:00"},
                             {"problem", "the server is gone"},
                             {"next", "try again"}}},
                           {"path",
                            {{{"version", "2.8.1.0"},
                              {"bytes", 211155968},
                              {"released", "2026-11-19T01:00:00+01:00"},
                              {"security_only", true},
                              {"migration", false},
                              {"stepping_stone", true},
                              {"release_notes", "First line\nSecond line"}},
                             {{"version", "2.9.0.0"},
                              {"bytes", 1000},
                              {"released", "2026-11-20T01:00:00+01:00"},
                              {"migration", true}}}},
                           {"out_of_reach",
                            {{{"version", "4.0.0.0"},
                              {"bytes", 1000},
                              {"released", "2026-11-21T01:00:00+01:00"},
                              {"minimum_version", "3.0.0.0"}}}}};
    const std::string report = feed_report(firmware);
    for (const char *part :
         {"Checked         2026-11-21 03:00:04",
          "Problem         the server is gone\nNext            try again\n", "it may be out of date",
          "Available       version 2.8.1.0, ", "security only, a step that cannot be left out\n",
          "                First line\n                Second line\n", "Available       version 2.9.0.0, ",
          "converts data\n", "Out of reach    version 4.0.0.0, ", "needs 3.0.0.0\n"})
        STRCMP_CONTAINS(part, report.c_str());
    STRCMP_EQUAL("After version 2.8.1.0 another one follows, to be installed in the same way: 2.9.0.0\n",
                 hops_report(firmware).c_str());
    STRCMP_EQUAL("", hops_report(json::object()).c_str());
}

TEST(Reports, a_version_that_failed_here_is_told_with_the_way_to_install_it_all_the_same) {
    const json firmware = {{"feed", {{"checked", "2026-11-21T03:00:04+01:00"}, {"problem", ""}}},
                           {"path", json::array()},
                           {"failed",
                            {{{"version", "2.8.1.0"},
                              {"reason", "the store cannot be converted"},
                              {"failed", "2026-11-20T03:00:04+01:00"}},
                             {{"version", "2.8.2.0"}, {"reason", "unknown"}, {"failed", nullptr}}}}};
    STRCMP_EQUAL(
        "Checked         2026-11-21 03:00:04 +01:00\n"
        "Available       nothing newer that has not failed here\n"
        "Failed here     version 2.8.1.0, 2026-11-20 03:00:04 +01:00: the store cannot be converted\n"
        "                It is not offered again. To install it all the same, name it: update-control -i fw "
        "PATH|URL\n"
        "Failed here     version 2.8.2.0: unknown\n"
        "                It is not offered again. To install it all the same, name it: update-control -i fw "
        "PATH|URL\n",
        feed_report(firmware).c_str());
}

TEST(Reports, an_appliance_that_never_saw_a_feed_says_so) {
    STRCMP_EQUAL("Checked         never\nAvailable       nothing newer\n",
                 feed_report({{"feed", {{"checked", nullptr}, {"problem", ""}}}}).c_str());
}

TEST(Reports, an_upgrade_that_is_committed_but_not_finished_is_told_as_what_it_is) {
    const std::string report =
        result_report({{"job", "20261121-030000"},
                       {"result", "failed"},
                       {"unfinished", true},
                       {"reason", "it was ended on request before everything was done"},
                       {"from", "2.8.0.0"},
                       {"to", "2.8.1.0"}});
    STRCMP_CONTAINS("The last job (20261121-030000) is committed, but not finished: the new version runs and "
                    "stays: 2.8.0.0 -> 2.8.1.0\n",
                    report.c_str());
    CHECK(report.find("as before") == std::string::npos);
}
