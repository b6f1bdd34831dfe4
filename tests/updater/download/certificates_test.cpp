// Who has to prove what to whom, with certificates.
#include "tests/updater/download/http_fixture.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::download;

TEST_GROUP_BASE(Certificates, HttpTest){
    void expect_refusal(const std::string &url, const Connection &connection, DownloadFailure kind,
                        const std::string &in_message){HttpSourceSettings settings = fixture.settings();
settings.connection = connection;
HttpSource source(url, settings);
expect_failure(source, {{100, 1000}}, kind, in_message);
STRCMP_EQUAL("", all_lines().c_str());
UNSIGNED_LONGS_EQUAL(0, source.fetched_bytes());
}
}
;

TEST(Certificates, of_the_server_must_come_from_the_authority_and_hold_still) {
    const WebServer stranger;
    const auto kind = DownloadFailure::certificate_refused;
    expect_refusal(fixture.server.url("/file"), stranger.connection(), kind, "could not prove");
    expect_refusal(fixture.server.url_expired("/file"), fixture.server.connection(), kind,
                   "certificate has expired");
    expect_refusal(fixture.server.url_expired("/file"), fixture.server.connection(), kind,
                   "check the appliance's clock");
    expect_refusal(fixture.server.url_by_wrong_name("/file"), fixture.server.connection(), kind,
                   "could not prove");
}

TEST(Certificates, of_the_authority_must_be_some) {
    // Those of the system's own list would not do instead.
    for (const char *const pem : {"", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n"}) {
        Connection connection;
        connection.certificate_authority = pem;
        expect_refusal(fixture.server.url("/file"), connection, DownloadFailure::pem_unusable,
                       "named as certificate-authority");
    }
}

TEST(Certificates, of_the_appliance_are_shown_to_servers_that_want_one) {
    HttpSourceSettings settings = fixture.settings();
    settings.connection = fixture.server.connection_of_a_client();
    HttpSource source(fixture.server.url_for_clients("/file"), settings);
    expect_right(source, {{0, 100}, {5 * mib, mib}});
    STRCMP_EQUAL("", all_lines().c_str());
}

TEST(Certificates, of_the_appliance_are_asked_for_by_name_when_they_are_missing_or_wrong) {
    const WebServer stranger;
    Connection wrong = fixture.server.connection();
    wrong.client_certificate = stranger.connection_of_a_client().client_certificate;
    wrong.client_key = stranger.connection_of_a_client().client_key;
    for (const Connection &connection : {fixture.server.connection(), wrong})
        expect_refusal(fixture.server.url_for_clients("/file"), connection, DownloadFailure::server_refused,
                       "check <client-certificate> in /etc/update-control/settings.xml");
}

TEST(Certificates, of_the_appliance_that_are_unusable_are_named) {
    const Connection good = fixture.server.connection_of_a_client();
    const WebServer stranger;
    struct Case {
        std::string certificate;
        std::string key;
    };
    const Case cases[] = {
        {"nonsense", good.client_key},
        {good.client_certificate, "nonsense"},
        {good.client_certificate, ""},
        {"", good.client_key},
        {good.client_certificate, stranger.connection_of_a_client().client_key},
    };
    for (const Case &one : cases) {
        Connection connection = good;
        connection.client_certificate = one.certificate;
        connection.client_key = one.key;
        expect_refusal(fixture.server.url_for_clients("/file"), connection, DownloadFailure::pem_unusable,
                       "our client certificate or its key cannot be used");
    }
}
