// Through a proxy that asks for a password, and what is told when it does not let us through.
#include "tests/updater/download/http_fixture.hpp"
#include "tests/updater/download/proxy_server.hpp"

#include <cstdlib>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace std::chrono_literals;
using namespace updater::download;

namespace {

const std::vector<ProxyServer::Account> accounts = {
    {"appliance", "simple"},          {"percent", "100% sure"},  {"encoded", "a%41b%2525%"},
    {"marks", ":p@ss/w?r#d&+="},      {"us%65r@corp na", "x y"}, {"quoted", R"("quo'ted\" $HOME `)"},
    {"umlaut", "gr\xc3\xbc\xc3\x9f"},
};

HttpSourceSettings through(const std::string &proxy, const ProxyServer::Account &account,
                           HttpSourceSettings settings) {
    settings.connection.proxy_url = proxy;
    settings.connection.proxy_user = account.user;
    settings.connection.proxy_password = account.password;
    settings.first_contact_time = 0s;
    return settings;
}

} // namespace

TEST_GROUP_BASE(Proxy, HttpTest){};

TEST(Proxy, takes_any_character_in_user_and_password) {
    for (const auto asks : {ProxyServer::Asks::basic, ProxyServer::Asks::digest}) {
        const ProxyServer proxy(asks, accounts);
        for (const auto &account : accounts) {
            HttpSource source(fixture.server.url("/file"), through(proxy.url(), account, fixture.settings()));
            const std::size_t before = proxy.requests().size();
            expect_right(source, {{0, 100}, {5 * mib, mib}});
            STRCMP_EQUAL_TEXT("", all_lines().c_str(), account.user.c_str());
            CHECK_TRUE_TEXT(proxy.requests().size() > before, account.user.c_str());
        }
    }
}

TEST(Proxy, is_given_the_password_again_after_a_redirect) {
    for (const auto asks : {ProxyServer::Asks::basic, ProxyServer::Asks::digest}) {
        const ProxyServer proxy(asks, accounts);
        for (const auto &account : accounts) {
            HttpSource source(fixture.server.url("/other-port/file"),
                              through(proxy.url(), account, fixture.settings()));
            expect_right(source, {{0, 100}, {5 * mib, 2 * mib}});
            STRCMP_EQUAL_TEXT("", all_lines().c_str(), account.user.c_str());
        }
    }
}

TEST(Proxy, that_refuses_is_not_asked_again_and_the_settings_are_named) {
    struct Case {
        ProxyServer::Account account;
        std::string message;
    };
    const Case cases[] = {
        {{"appliance", "se%cret"}, "does not accept the user name or the password (407)"},
        {{"nobody", "se%cret"}, "does not accept the user name or the password (407)"},
        {{"", ""}, "does not accept us without a user name and a password (407)"},
    };
    for (const auto asks : {ProxyServer::Asks::basic, ProxyServer::Asks::digest}) {
        const ProxyServer proxy(asks, accounts);
        for (const Case &one : cases) {
            HttpSource source(fixture.server.url("/file"),
                              through(proxy.url(), one.account, fixture.settings()));
            expect_failure(source, {{0, 100}}, DownloadFailure::proxy_failed, one.message);
            expect_failure(source, {{0, 100}}, DownloadFailure::proxy_failed,
                           "the proxy " + proxy.url() + "/ does");
            expect_failure(source, {{0, 100}}, DownloadFailure::proxy_failed,
                           "check <proxy> in /etc/update-control/settings.xml");
            STRCMP_EQUAL("", all_lines().c_str());
            UNSIGNED_LONGS_EQUAL(0, source.fetched_bytes());
        }
    }
    LONGS_EQUAL(0, fixture.server.requests("/file").size());
}

TEST(Proxy, that_cannot_be_reached_is_named) {
    struct Case {
        std::string proxy;
        std::string message;
    };
    const Case cases[] = {
        {"http://localhost:" + std::to_string(WebServer::closed_port()), "cannot be reached"},
        {"http://no-such-host.invalid:3128", "the proxy http://no-such-host.invalid:3128/ cannot be reached"},
        {"socks5://localhost:1", "no http or https URL; check <proxy>"},
        {"http://", "no http or https URL; check <proxy>"},
    };
    for (const Case &one : cases) {
        HttpSource source(fixture.server.url("/file"),
                          through(one.proxy, {"appliance", "se%cret"}, fixture.settings()));
        expect_failure(source, {{0, 100}}, DownloadFailure::proxy_failed, one.message);
    }
}

TEST(Proxy, may_not_reach_the_server_and_that_can_pass) {
    const ProxyServer proxy(ProxyServer::Asks::basic, accounts);
    HttpSourceSettings settings = through(proxy.url(), accounts.front(), fixture.settings());
    settings.first_contact_time = 1s;
    HttpSource source("https://localhost:" + std::to_string(WebServer::closed_port()) + "/file", settings);
    expect_failure(source, {{0, 100}}, DownloadFailure::proxy_failed,
                   "does not let us through to the server (status 503)");
    CHECK_TRUE(!fixture.lines.empty());
}

TEST(Proxy, shows_its_password_to_nobody) {
    const ProxyServer proxy(ProxyServer::Asks::basic, accounts);
    const ProxyServer::Account wrong{"somebody", "se%cret:@"};
    for (const std::string &url :
         {proxy.url(), std::string("http://localhost:1"), std::string("http://no-such-host.invalid"),
          std::string("socks9://somebody:se%25cret@localhost"),
          std::string("http://somebody:se%25cret@:::")}) {
        HttpSource source(fixture.server.url("/file"), through(url, wrong, fixture.settings()));
        try {
            firmware::read_all(source, {0, 100});
            FAIL("worked");
        } catch (const DownloadFailed &error) {
            const std::string told = error.what() + all_lines() + source.name();
            CHECK_TRUE_TEXT(told.find("cret") == std::string::npos, told.c_str());
            CHECK_TRUE_TEXT(told.find("somebody") == std::string::npos, told.c_str());
        }
    }
}

TEST(Proxy, is_the_one_of_the_settings_whatever_the_environment_says) {
    const std::string nowhere = "http://localhost:" + std::to_string(WebServer::closed_port());
    for (const char *const name : {"https_proxy", "HTTPS_PROXY", "ALL_PROXY"})
        setenv(name, nowhere.c_str(), 1);
    setenv("no_proxy", "localhost", 1);
    HttpSource straight(fixture.server.url("/file"), fixture.settings());
    expect_right(straight, {{0, 100}});
    const ProxyServer proxy(ProxyServer::Asks::basic, accounts);
    HttpSource source(fixture.server.url("/file"),
                      through(proxy.url(), accounts.front(), fixture.settings()));
    expect_right(source, {{0, 100}});
    CHECK_TRUE(!proxy.requests().empty());
    for (const char *const name : {"https_proxy", "HTTPS_PROXY", "ALL_PROXY", "no_proxy"})
        unsetenv(name);
}
