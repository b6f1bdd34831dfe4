// What the program that fetches is told about reaching servers.
#include "tests/support/fake_storage.hpp"
#include "updater/agent/connection_settings.hpp"
#include "updater/refusal.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;

TEST_GROUP(ConnectionSettings) {
    partitions_test::FakeStorage storage;
    FirmwareSource firmware{.certificate_authority = "/ca.pem"};
    DownloadSettings settings;

    void setup() override {
        storage.put_file("/ca.pem", "authority");
        storage.put_file("/password", "p%:@ \xfc\r\nsecond line\n");
        storage.put_file("/client.pem", "certificate");
        storage.put_file("/client-key.pem", "key");
    }
};

TEST(ConnectionSettings, AreTheVendorsAndTheAdministratorsWithTheContentsOfTheirFiles) {
    settings.most_kib_per_second = 3;
    settings.stall_time = std::chrono::seconds(7);
    settings.proxy = {"http://proxy:3128", "user", "/password"};
    settings.client_certificate = {"/client.pem", "/client-key.pem"};
    CHECK((connection_of(storage, firmware, settings) == Connection{.certificate_authority = "authority",
                                                                    .proxy_url = "http://proxy:3128",
                                                                    .proxy_user = "user",
                                                                    .proxy_password = "p%:@ \xfc",
                                                                    .client_certificate = "certificate",
                                                                    .client_key = "key",
                                                                    .most_bytes_per_second = 3072,
                                                                    .stall_time = std::chrono::seconds(7)}));
}

TEST(ConnectionSettings, NeedNoFilesThatNobodyNames) {
    CHECK((connection_of(storage, firmware, settings) == Connection{.certificate_authority = "authority"}));
}

TEST(ConnectionSettings, TakeThePasswordHoweverAnEditorLeftTheFile) {
    settings.proxy = {"http://proxy:3128", "user", "/password"};
    for (const char *written :
         {"hunter 2", "hunter 2\n", "hunter 2\r\n", "\xEF\xBB\xBFhunter 2\r\n", "hunter 2\n\n"}) {
        storage.put_file("/password", written);
        STRCMP_EQUAL_TEXT("hunter 2", connection_of(storage, firmware, settings).proxy_password.c_str(),
                          written);
    }
}

TEST(ConnectionSettings, NameTheFileThatIsMissing) {
    settings.proxy = {"http://proxy:3128", "user", "/not-there"};
    try {
        connection_of(storage, firmware, settings);
        FAIL("a password came from nowhere");
    } catch (const Refused &refusal) {
        STRCMP_CONTAINS("/not-there", refusal.what());
        STRCMP_CONTAINS("settings.xml", refusal.next_step().c_str());
    }
}
