// The mail gate is open only when neither a job nor an administrator keeps it closed.
#include "tests/support/fake_mail_gate.hpp"
#include "updater/services/shared_mail_gate.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater::services;

TEST_GROUP(SharedMailGate) {
    updater_test::FakeMailGate filter;
    SharedMailGate gate{filter};
};

TEST(SharedMailGate, a_job_closes_and_opens_it_alone) {
    gate.close({25});
    CHECK_TRUE(gate.is_closed());
    STRCMP_EQUAL("mail from outside is accepted again", open_and_tell(gate).c_str());
    CHECK_FALSE(filter.is_closed());
}

TEST(SharedMailGate, stays_closed_on_request_after_a_job_has_ended) {
    gate.close_on_request({25});
    gate.close({25});
    STRCMP_CONTAINS("stays refused", open_and_tell(gate).c_str());
    CHECK_TRUE(filter.is_closed());
    gate.end_request();
    CHECK_FALSE(filter.is_closed());
}

TEST(SharedMailGate, stays_closed_on_request_when_the_request_could_not_be_ended) {
    gate.close_on_request({25});
    filter.make_fail();
    CHECK_THROWS(MailGateError, gate.end_request());
    filter.repair();
    gate.close({25});
    gate.open();
    CHECK_TRUE(filter.is_closed());
}

TEST(SharedMailGate, stays_closed_for_the_job_after_the_request_has_ended) {
    gate.close({25});
    gate.close_on_request({25});
    gate.end_request();
    CHECK_TRUE(filter.is_closed());
    gate.open();
    CHECK_FALSE(filter.is_closed());
}
