// What leaves the appliance in a bundle: nothing secret, and still readable.
#include "updater/support/masked_text.hpp"

#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater::support;

TEST_GROUP(MaskedText){};

TEST(MaskedText, has_no_secrets_and_no_people) {
    const struct {
        const char *raw;
        const char *masked;
    } cases[] = {
        {"one\n  two\n\n", "one\n  two\n\n"},
        {"no end of line", "no end of line\n"},
        {"", ""},
        {"\tpassword=hunter2", "\tpassword=***\n"},
        {"get https://user:word@host/x?sig=1", "get https://user:***@host/x?***\n"},
        {"to=<jo.doe@example.org>, relay=mx", "to=<***@example.org>, relay=mx\n"},
        {"from=<\"a b\"@x> to=<b@y>", "from=<\"a b\"@x> to=<***@y>\n"},
        {"from=<> to=<a@b@c> <none>", "from=<> to=<***@c> <none>\n"},
        {"broken <a@b", "broken <a@b\n"},
        {"bell \x07", "bell ?\n"},
        {"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\nAgEAAo==\n-----END PRIVATE "
         "KEY-----\nafter",
         "-----BEGIN PRIVATE KEY----- ***\n***\n***\n-----END PRIVATE KEY-----\nafter\n"},
        {R"({"password":"hunter2","to":"x"})", "{\n \"password\": \"***\",\n \"to\": \"x\"\n}\n"},
    };
    for (const auto &row : cases)
        STRCMP_EQUAL(row.masked, masked_text(row.raw).c_str());
}

TEST(MaskedText, of_a_long_record_of_the_journal_keeps_all_of_it) {
    std::string record = "0123456789abcdef {\"kind\":\"x\"";
    for (int number = 0; number < 500; ++number)
        record += ",\"member-" + std::to_string(number) + "\":\"value\"";
    const std::string masked = masked_text(record + ",\"token\":\"t0p\"}\nnext");
    STRCMP_CONTAINS("0123456789abcdef {", masked.c_str());
    STRCMP_CONTAINS("\"member-499\": \"value\"", masked.c_str());
    STRCMP_CONTAINS("\"token\": \"***\"", masked.c_str());
    STRCMP_CONTAINS("\nnext\n", masked.c_str());
}
