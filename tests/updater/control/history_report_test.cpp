// What an administrator reads of the jobs that have ended.
#include "updater/control/history_report.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater::control;
using nlohmann::json;

TEST_GROUP(HistoryReport){};

TEST(HistoryReport, says_that_nothing_has_ended_yet) {
    for (const json &history : {json::object(), json{{"jobs", json::array()}}, json{{"jobs", 3}}})
        STRCMP_EQUAL("No job has ended here yet.\n", history_report(history).c_str());
}

TEST(HistoryReport, tells_of_each_job_when_and_how_it_ended) {
    const json history = {
        {"jobs",
         {{{"job", "20261120-020000"},
           {"operation", "install"},
           {"from", "2.8.0.0"},
           {"to", "2.8.1.0"},
           {"result", "rolled-back"},
           {"reason", "the store cannot be converted"},
           {"code", "UC0801"},
           {"ended", "2026-11-20T03:00:04+01:00"},
           {"log", "/var/spool/updates/XPU/20261120-020000.log"},
           {"phases",
            {{{"number", 1}, {"seconds", 61.2}},
             {{"number", 2}, {"seconds", 100}},
             {{"number", 3}, {"seconds", 20.4}},
             {{"number", 6}, {"seconds", 70}}}}},
          {{"job", "20261121-020000"},
           {"operation", "download"},
           {"from", "2.8.0.0"},
           {"to", "2.8.2.0"},
           {"result", "succeeded"},
           {"ended", "2026-11-21T03:00:04+01:00"},
           {"phases", {{{"number", 1}, {"seconds", 31}}}}},
          {{"operation", "install"}, {"from", "2.8.0.0"}, {"result", "failed"}, {"unfinished", true}},
          7}}};
    STRCMP_EQUAL("2026-11-20 03:00:04 +01:00  install 2.8.0.0 -> 2.8.1.0: rolled back\n"
                 "    Reason: the store cannot be converted [UC0801]\n"
                 "    Log: /var/spool/updates/XPU/20261120-020000.log\n"
                 "2026-11-21 03:00:04 +01:00  download 2.8.0.0 -> 2.8.2.0: succeeded, in 31 s\n"
                 "at an unknown time  install 2.8.0.0: committed, but not finished\n",
                 history_report(history).c_str());
}

TEST(HistoryReport, counts_the_warnings_of_each_job) {
    const json job = {{"operation", "install"}, {"from", "2.8.0.0"}, {"result", "succeeded"}};
    const struct {
        int warnings;
        const char *line;
    } cases[] = {{0, "install 2.8.0.0: succeeded\n"},
                 {1, "install 2.8.0.0: succeeded, 1 warning\n"},
                 {3, "install 2.8.0.0: succeeded, 3 warnings\n"}};
    for (const auto &row : cases) {
        json counted = job;
        counted["warnings"] = row.warnings;
        STRCMP_CONTAINS(row.line, history_report({{"jobs", json::array({counted})}}).c_str());
    }
    STRCMP_CONTAINS("succeeded\n", history_report({{"jobs", json::array({job})}}).c_str());
}

TEST(HistoryReport, tells_how_long_mail_waited_for_an_upgrade) {
    const json history = {{"jobs",
                           {{{"operation", "install"},
                             {"from", "2.8.0.0"},
                             {"to", "2.8.1.0"},
                             {"result", "succeeded"},
                             {"ended", "2026-11-20T03:00:04+01:00"},
                             {"phases",
                              {{{"number", 1}, {"seconds", 61.2}},
                               {{"number", 2}, {"seconds", 100}},
                               {{"number", 3}, {"seconds", 20.4}},
                               {{"number", 6}, {"seconds", 70}}}}}}}};
    STRCMP_EQUAL(
        "2026-11-20 03:00:04 +01:00  install 2.8.0.0 -> 2.8.1.0: succeeded, in 4 min 12 s, mail was not "
        "accepted for 1 min 30 s\n",
        history_report(history).c_str());
}

TEST(HistoryReport, tells_what_was_predicted) {
    const json history = {
        {"jobs",
         {{{"operation", "install"},
           {"result", "succeeded"},
           {"phases", {{{"number", 2}, {"seconds", 100}}, {{"number", 6}, {"seconds", 70}}}},
           {"predicted", {{{"number", 2}, {"seconds", 90}}, {{"number", 6}, {"seconds", 60}}}}},
          {{"operation", "install"},
           {"result", "succeeded"},
           {"phases", {{{"number", 2}, {"seconds", 1e300}}}},
           {"predicted", 3}}}}};
    STRCMP_CONTAINS(": succeeded, in 2 min 50 s (predicted 2 min 30 s), mail was not accepted for 1 min 10 s "
                    "(predicted 1 min 0 s)\n",
                    history_report(history).c_str());
}
