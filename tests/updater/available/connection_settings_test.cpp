// What the program that fetches is told about reaching servers.
#include "tests/support/fake_storage.hpp"
#include "tests/support/feed_fixture.hpp"
#include "updater/available/connection_settings.hpp"
#include "updater/refusal.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::available;

TEST_GROUP(ConnectionSettings) {
    partitions_test::FakeStorage storage;
    configuration::FirmwareSource firmware{.certificate_authority = "/ca.pem"};
    configuration::DownloadSettings settings;

    void setup() override {
        storage.put_file("/ca.pem", "authority");
        storage.put_file("/password", "p%:@ \xfc\r\nsecond line\n");
        storage.put_file("/client.pem", "certificate");
        storage.put_file("/client-key.pem", "key");
    }
};

TEST(ConnectionSettings, are_the_vendors_and_the_administrators_with_the_contents_of_their_files) {
    settings.max_kib_per_second = 3;
    settings.stall_time = std::chrono::seconds(7);
    settings.proxy = {"http://proxy:3128", "user", "/password"};
    settings.client_certificate = {"/client.pem", "/client-key.pem"};
    CHECK((connection_of(storage, firmware, settings) ==
           download::Connection{.certificate_authority = "authority",
                                .proxy_url = "http://proxy:3128",
                                .proxy_user = "user",
                                .proxy_password = "p%:@ \xfc",
                                .client_certificate = "certificate",
                                .client_key = "key",
                                .max_bytes_per_second = 3072,
                                .stall_time = std::chrono::seconds(7)}));
}

TEST(ConnectionSettings, need_no_files_that_nobody_names) {
    CHECK((connection_of(storage, firmware, settings) ==
           download::Connection{.certificate_authority = "authority"}));
}

TEST(ConnectionSettings, take_the_password_however_an_editor_left_the_file) {
    settings.proxy = {"http://proxy:3128", "user", "/password"};
    for (const char *written :
         {"hunter 2", "hunter 2\n", "hunter 2\r\n", "\xEF\xBB\xBFhunter 2\r\n", "hunter 2\n\n"}) {
        storage.put_file("/password", written);
        STRCMP_EQUAL_TEXT("hunter 2", connection_of(storage, firmware, settings).proxy_password.c_str(),
                          written);
    }
}

TEST(ConnectionSettings, add_the_authorities_of_the_site_to_the_vendors) {
    settings.certificate_authorities = "/site.pem";
    const std::string one = testing::certificate_of('a');
    const std::string two = testing::certificate_of('b');
    std::string dos_lines;
    for (const char character : one)
        dos_lines += character == '\n' ? std::string("\r\n") : std::string(1, character);
    for (const std::string &written : {one, one + two, one.substr(0, one.size() - 1), dos_lines,
                                       "Our own authority\n\n" + one + "# the end\n"}) {
        storage.put_file("/site.pem", written);
        STRCMP_EQUAL(("authority\n" + written).c_str(),
                     connection_of(storage, firmware, settings).certificate_authority.c_str());
    }
    storage.put_file("/site.pem", "\xEF\xBB\xBF" + one);
    STRCMP_EQUAL(("authority\n" + one).c_str(),
                 connection_of(storage, firmware, settings).certificate_authority.c_str());
}

TEST(ConnectionSettings, fetch_nothing_with_authorities_that_cannot_be_used) {
    settings.certificate_authorities = "/site.pem";
    const std::string one = testing::certificate_of('a');
    const std::string key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    const struct {
        std::string written;
        const char *said;
    } cases[] = {{"", "does not hold whole certificates"},
                 {"no certificate", "does not hold whole certificates"},
                 {key, "does not hold whole certificates"},
                 {one.substr(0, one.size() / 2), "does not hold whole certificates"},
                 {one + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                  "does not hold whole certificates"},
                 {std::string(2UL * 1024 * 1024, 'x'), "/site.pem"}};
    for (const auto &each : cases) {
        storage.put_file("/site.pem", each.written);
        try {
            connection_of(storage, firmware, settings);
            FAIL(each.written.substr(0, 80).c_str());
        } catch (const Refused &refusal) {
            STRCMP_CONTAINS(each.said, refusal.what());
            STRCMP_CONTAINS("try again", refusal.next_step().c_str());
        }
    }
    settings.certificate_authorities = "/absent.pem";
    CHECK_THROWS(Refused, connection_of(storage, firmware, settings));
}

TEST(ConnectionSettings, name_the_file_that_is_missing) {
    settings.proxy = {"http://proxy:3128", "user", "/not-there"};
    try {
        connection_of(storage, firmware, settings);
        FAIL("a password came from nowhere");
    } catch (const Refused &refusal) {
        STRCMP_CONTAINS("/not-there", refusal.what());
        STRCMP_CONTAINS("settings.xml", refusal.next_step().c_str());
    }
}
