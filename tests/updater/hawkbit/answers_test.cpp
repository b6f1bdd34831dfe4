// What the server sends, good and bad.
#include "updater/hawkbit/answers.hpp"
#include "updater/hawkbit/feedback.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater::hawkbit;

TEST_GROUP(Answers){static std::string deployment(const std::string &inside){
    return R"({"id":"8","deployment":{"download":"forced","update":"attempt",)" + inside + "}}";
}
static std::string chunk(const std::string &part, const std::string &name, const std::string &version) {
    return R"({"part":")" + part + R"(","name":")" + name + R"(","version":")" + version +
           R"(","artifacts":[]})";
}
}
;

TEST(Answers, to_a_poll_name_what_is_wanted) {
    const Poll poll = read_poll(
        R"({"config":{"polling":{"sleep":"12:34:56"}},"new":1,"_links":{"configData":{"href":"http://x/D/controller/v1/a/configData"},
            "deploymentBase":{"href":"https://other:1/T/controller/v1/a%20b/deploymentBase/5?c=-2127"},
            "installedBase":{"href":"http://x/D/controller/v1/a/installedBase/4"}}})");
    CHECK(poll.sleep == std::chrono::seconds(12 * 3600 + 34 * 60 + 56));
    CHECK(poll.config_data);
    STRCMP_EQUAL("/deploymentBase/5?c=-2127", poll.deployment->tail.c_str());
    STRCMP_EQUAL("5", poll.deployment->id.c_str());
    CHECK(!poll.cancel && !poll.confirmation);
}

TEST(Answers, to_a_poll_that_are_wrong_are_noticed) {
    for (const char *bad :
         {"", "null", "[]", "5", "{", "\xff", R"({"config":5})", R"({"config":{"polling":[]}})",
          R"({"config":{"polling":{"sleep":300}}})", R"({"config":{"polling":{"sleep":"5 min"}}})",
          R"({"config":{"polling":{"sleep":"-1:-1:-1"}}})", R"({"_links":[]})",
          R"({"_links":{"deploymentBase":"x"}})", R"({"_links":{"deploymentBase":{}}})",
          R"({"_links":{"deploymentBase":{"href":"https://evil/"}}})",
          R"({"_links":{"deploymentBase":{"href":"https://x/D/controller/v1/a/cancelAction/5"}}})",
          R"({"_links":{"deploymentBase":{"href":"https://x/D/controller/v1/a/deploymentBase/../../b"}}})",
          R"({"_links":{"deploymentBase":{"href":"https://x/D/controller/v1/a/deploymentBase/5\r\nX: y"}}})",
          R"({"_links":{"configData":{"href":"https://x/other"}}})"})
        CHECK_THROWS(WrongAnswer, read_poll(bad));
}

TEST(Answers, that_are_too_long_or_too_deep_are_not_parsed) {
    CHECK_THROWS(WrongAnswer, read_poll("{\"a\":\"" + std::string(300'000, 'x') + "\"}"));
    CHECK_THROWS(WrongAnswer, read_poll("{\"a\":" + std::string(100'000, '[')));
    CHECK_THROWS(WrongAnswer, read_poll("{\"a\":" + std::string(17, '[') + std::string(17, ']') + "}"));
    read_poll("{\"a\":\"[[[[[[[[[[[[[[[[[[[[[\"}");
}

TEST(Answers, name_the_module_that_counts) {
    const std::string one = chunk("bApp", "app", "1"), system = chunk("os", "fw", "2.8.1.0");
    struct Row {
        std::string chunks;
        std::string module;
        const char *version; ///< empty: a problem
    };
    for (const Row &row :
         {Row{system, "", "2.8.1.0"}, Row{one, "", "1"}, Row{one + "," + system, "", "2.8.1.0"},
          Row{one + "," + system, "app", "1"}, Row{one + "," + system, "other", ""},
          Row{system + "," + system, "", ""}, Row{one + "," + one, "", ""}, Row{"", "", ""},
          Row{chunk("os", "fw", ""), "", ""}, Row{chunk("os", "fw", "1\\n2"), "", ""}, Row{"5", "", ""}}) {
        const Offer offer = read_deployment(deployment("\"chunks\":[" + row.chunks + "]"), row.module);
        STRCMP_EQUAL(row.version, offer.version.c_str());
        CHECK_EQUAL(*row.version == '\0', !offer.problem.empty());
    }
}

TEST(Answers, say_whether_it_may_be_installed_now) {
    struct Row {
        const char *download;
        const char *update;
        const char *window;
        bool may_download;
        bool may_install;
        bool forced;
    };
    for (const Row &row :
         {Row{"forced", "forced", "", true, true, true}, Row{"attempt", "attempt", "", true, true, false},
          Row{"forced", "skip", "", true, false, false}, Row{"skip", "skip", "", false, false, false},
          Row{"forced", "forced", R"("maintenanceWindow":"unavailable",)", true, false, true},
          Row{"forced", "forced", R"("maintenanceWindow":"available",)", true, true, true}}) {
        const Offer offer = read_deployment(
            std::string(R"({"id":"8","deployment":{)") + row.window + R"("download":")" + row.download +
                R"(","update":")" + row.update + R"(","chunks":[)" + chunk("os", "fw", "1") + "]}}",
            "");
        CHECK_EQUAL(row.may_download, offer.may_download);
        CHECK_EQUAL(row.may_install, offer.may_install);
        CHECK_EQUAL(row.forced, offer.forced);
    }
}

TEST(Answers, to_other_questions_that_are_wrong_are_noticed) {
    for (
        const char *bad :
        {"{}", R"({"id":8,"deployment":{"download":"forced","update":"forced","chunks":[]}})",
         R"({"id":"8"})", R"({"id":"8","deployment":{"update":"forced","chunks":[]}})",
         R"({"id":"../8","deployment":{"download":"forced","update":"forced","chunks":[]}})",
         R"({"id":"8","deployment":{"download":"often","update":"forced","chunks":[]}})",
         R"({"id":"8","deployment":{"download":"forced","update":"forced","chunks":{}}})",
         R"({"id":"8","deployment":{"download":"forced","update":"forced","maintenanceWindow":"x","chunks":[]}})"})
        CHECK_THROWS(WrongAnswer, read_deployment(bad, ""));
    for (const char *bad : {"{}", R"({"cancelAction":{}})", R"({"cancelAction":{"stopId":5}})"})
        CHECK_THROWS(WrongAnswer, read_cancel(bad));
    STRCMP_EQUAL("11", read_cancel(R"({"id":"12","cancelAction":{"stopId":"11"}})").c_str());
}

TEST_GROUP(Feedback){};

TEST(Feedback, has_no_text_that_the_server_takes_for_html) {
    STRCMP_EQUAL("a b c/b", detail_text("a <b> c</b>&").c_str());
    std::string long_text(511, 'x');
    CHECK(detail_text(long_text + "\xc3\xa4\xc3\xa4").size() == 511);
    STRCMP_EQUAL("token=***", detail_text("token=secret").c_str());
}

TEST(Feedback, is_what_the_server_expects) {
    Feedback feedback;
    feedback.action = "5";
    feedback.execution = Execution::closed;
    feedback.finished = Finished::failure;
    feedback.details = {"why"};
    feedback.time = std::chrono::sys_seconds(std::chrono::seconds(7));
    STRCMP_EQUAL("/deploymentBase/5/feedback", feedback_tail(feedback).c_str());
    STRCMP_EQUAL(
        R"({"id":"5","status":{"details":["why"],"execution":"closed","result":{"finished":"failure"}},"timestamp":7000})",
        feedback_body(feedback).c_str());
    feedback.subject = Subject::confirmation;
    STRCMP_EQUAL(R"({"confirmation":"denied","details":["why"]})", feedback_body(feedback).c_str());
    STRCMP_EQUAL(to_json(feedback).dump().c_str(), to_json(feedback_from(to_json(feedback))).dump().c_str());
}
