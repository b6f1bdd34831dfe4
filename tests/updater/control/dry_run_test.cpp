// What an administrator reads of an installation before it begins.
#include "updater/control/dry_run.hpp"

#include <cstdlib>
#include <ctime>

#include <CppUTest/TestHarness.h>

using namespace updater::control;
using nlohmann::json;

TEST_GROUP(DryRunReport) {
    // 2026-11-21 03:00:04 UTC
    const std::chrono::system_clock::time_point now{std::chrono::seconds(1795230004)};
    json forecast = {
        {"from", "2.8.0.0"},
        {"to", "2.8.1.0"},
        {"phases",
         {{{"number", 2}, {"name", "install the new OS"}, {"seconds", 312.04}, {"source", "history"}},
          {{"number", 10}, {"name", "restart all services"}, {"seconds", 20}, {"source", "estimate"}}}},
        {"seconds", 500},
        {"seconds_until_mail_waits", 320},
        {"mail_waits_seconds", 180},
        {"plan", "to fetch: 31.0 MiB of 400 MiB, as a patch to 2.8.0.0"},
        {"fetch_bytes", 32505856},
        {"write_bytes", 1048576},
        {"units", {"postfix.service", "store.service"}},
        {"stores_converted", {"message-store"}},
        {"changed_in_etc", 12},
        {"replaced_version", "2.7.0.0"},
        {"rollback", {{"possible", true}, {"text", "to 2.8.0.0 until the next installation"}}},
        {"problem", ""}};

    void setup() override {
        setenv("TZ", "UTC0", 1);
        tzset();
    }
    void teardown() override {
        unsetenv("TZ");
        tzset();
    }
};

TEST(DryRunReport, says_what_will_happen_and_for_how_long) {
    STRCMP_EQUAL("Upgrade         2.8.0.0 -> 2.8.1.0\n"
                 "Phase  2     312.0 s  install the new OS (history)\n"
                 "Phase 10      20.0 s  restart all services (estimate)\n"
                 "In all          8 min 20 s, if it begins now until about 03:08\n"
                 "Mail waits      3 min 0 s, from about 03:05 to about 03:08\n"
                 "Fetches         31.0 MiB (to fetch: 31.0 MiB of 400 MiB, as a patch to 2.8.0.0)\n"
                 "Writes          1.00 MiB of the image\n"
                 "Files of /etc   12 were changed here and are carried over; conflicts are found in phase 2, "
                 "before mail stops\n"
                 "Stops           postfix.service, store.service\n"
                 "Converts        message-store\n"
                 "Replaces        version 2.7.0.0 in the rescue partition\n"
                 "Way back        to 2.8.0.0 until the next installation\n",
                 forecast_report(forecast, now).c_str());
}

TEST(DryRunReport, says_what_a_conflict_does) {
    const auto has = [&](const char *end) {
        STRCMP_CONTAINS((std::string("before mail stops") + end + "\n").c_str(),
                        forecast_report(forecast, now).c_str());
    };
    forecast["stops_on_conflict"] = true;
    has(", and each ends the job there");
    forecast["known_conflicts"] = {"/etc/motd", "/etc/issue"};
    has(", and each ends the job there, except: /etc/motd, /etc/issue");
    forecast["stops_on_conflict"] = "yes";
    has("");
}

TEST(DryRunReport, leaves_out_what_there_is_not) {
    for (const char *name : {"plan", "units", "stores_converted", "replaced_version", "rollback", "phases"})
        forecast[name] = nullptr;
    STRCMP_EQUAL("Upgrade         2.8.0.0 -> 2.8.1.0\n"
                 "In all          8 min 20 s, if it begins now until about 03:08\n"
                 "Mail waits      3 min 0 s, from about 03:05 to about 03:08\n"
                 "Bytes           not known while another job runs\n"
                 "Files of /etc   12 were changed here and are carried over; conflicts are found in phase 2, "
                 "before mail stops\n",
                 forecast_report(forecast, now).c_str());
}

TEST(DryRunReport, says_why_there_is_no_forecast) {
    STRCMP_EQUAL("What the installation would do is not known: no server answers\n",
                 forecast_report({{"problem", "no server answers"}}, now).c_str());
}

TEST(DryRunReport, asks_with_the_time_that_mail_waits) {
    STRCMP_EQUAL("Mail will wait about 3 minutes, from about 03:05 on. Install 2.8.1.0? [y/N] ",
                 question(forecast, now).c_str());
    STRCMP_EQUAL("How long mail will wait is not known. Install? [y/N] ",
                 question({{"problem", "no server answers"}}, now).c_str());
}

TEST(DryRunReport, reads_any_numbers) {
    for (const json &seconds : {json(1e300), json(-5), json("many"), json(nullptr)}) {
        forecast["seconds"] = seconds;
        forecast["mail_waits_seconds"] = seconds;
        CHECK(!forecast_report(forecast, now).empty());
        CHECK(!question(forecast, now).empty());
    }
}
