// The client's settings, its command line, when it polls, and the files with its secrets.
#include "tests/support/fake_storage.hpp"
#include "updater/hawkbit/access_files.hpp"
#include "updater/hawkbit/controller_id.hpp"
#include "updater/hawkbit/poll_times.hpp"
#include "updater/hawkbit/program_options.hpp"
#include "updater/refusal.hpp"

#include <CppUTest/TestHarness.h>

#include <array>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using namespace updater;
using namespace updater::hawkbit;

namespace {

constexpr const char *good_server = R"(<server url="https://hawkbit.example:8443/base"/>)";
constexpr const char *good_access = R"(<access target-token-file="/etc/token"/>)";

ClientSettings settings_of(const std::string &inside) {
    return parse_client_settings("<hawkbit format=\"1\">" + inside + "</hawkbit>", "hawkbit.xml");
}

} // namespace

TEST_GROUP(ClientSettings){};

TEST(ClientSettings, say_where_the_server_is_and_who_asks) {
    const ClientSettings settings =
        settings_of(std::string(good_server) +
                    R"(<device id="mx1"/><access gateway-token-file="/t" certificate="/c" key="/k"/>
           <certificate-authorities file="/ca"/><deployment module="fw" distribution-set="set" confirm="auto"/>)");
    STRCMP_EQUAL("https://hawkbit.example:8443/base", settings.server.c_str());
    STRCMP_EQUAL("DEFAULT", settings.tenant.c_str());
    STRCMP_EQUAL("mx1", controller_id(settings).c_str());
    CHECK(settings.token_kind == TokenKind::gateway);
    CHECK(settings.confirmation == Confirmation::automatic);
    const ClientSettings few = settings_of(std::string(good_server) + good_access);
    CHECK(few.token_kind == TokenKind::target && few.confirmation == Confirmation::ask_a_person);
    CHECK(few.id_source == IdSource::machine_id);
}

TEST(ClientSettings, that_are_wrong_are_refused) {
    const std::string access = good_access;
    const std::string server = good_server;
    for (const std::string &bad :
         {std::string(),
          server,
          access,
          "<server/>" + access,
          R"(<server url="http://hawkbit.example"/>)" + access,
          R"(<server url="http://localhost.evil" plain-http="this-machine"/>)" + access,
          R"(<server url="http://localhost"/>)" + access,
          R"(<server url="https://u:p@x"/>)" + access,
          R"(<server url="https://x/"/>)" + access,
          R"(<server url="https://x?a=b"/>)" + access,
          R"(<server url="file:///etc"/>)" + access,
          R"(<server url="https://x" tenant="a/b"/>)" + access,
          server + "<access/>",
          server + R"(<access target-token-file="relative"/>)",
          server + R"(<access target-token-file="/a" gateway-token-file="/b"/>)",
          server + R"(<access certificate="/c"/>)",
          server + access + R"(<device id="a b"/>)",
          server + access + R"(<device id="a" id-from="host-name"/>)",
          server + access + R"(<device id-from="mac"/>)",
          server + access + R"(<deployment confirm="maybe"/>)",
          server + access + "<other/>",
          server + access + access})
        CHECK_THROWS(configuration::ConfigurationError, settings_of(bad));
    settings_of(R"(<server url="http://localhost:8080" plain-http="this-machine"/>)" + access);
}

TEST_GROUP(AccessFiles) {
    partitions_test::FakeStorage storage;
    ClientSettings settings = settings_of(std::string(good_server) + good_access);

    void setup() override {
        storage.put_directory("/etc");
    }
    std::string code_of_refusal() {
        try {
            read_access_files(storage, settings, 0);
        } catch (const Refused &refusal) {
            return messages::text_of(refusal.code());
        }
        return "none";
    }
};

TEST(AccessFiles, give_the_token_for_the_header) {
    storage.put_file("/etc/token", "abc\r\nmore", 0640);
    STRCMP_EQUAL("TargetToken abc", read_access_files(storage, settings, 0).authorization.c_str());
    settings.token_kind = TokenKind::gateway;
    STRCMP_EQUAL("GatewayToken abc", read_access_files(storage, settings, 0).authorization.c_str());
}

TEST(AccessFiles, that_others_could_read_or_replace_are_refused) {
    STRCMP_EQUAL("UC0314", code_of_refusal().c_str());
    for (const mode_t mode : {0644U, 0660U, 0604U, 0641U}) {
        storage.put_file("/etc/token", "abc", mode);
        STRCMP_EQUAL("UC0314", code_of_refusal().c_str());
    }
    storage.put_file("/etc/token", "abc", 0640);
    storage.put_owner("/etc/token", 1000, 0);
    STRCMP_EQUAL("UC0314", code_of_refusal().c_str());
}

TEST(AccessFiles, without_a_token_are_refused) {
    for (const char *text : {"", "\nabc", "a b", "\x01"}) {
        storage.put_file("/etc/token", text, 0640);
        STRCMP_EQUAL("UC0314", code_of_refusal().c_str());
    }
}

TEST_GROUP(PollTimes){};

TEST(PollTimes, stay_within_their_bounds_whatever_the_server_says) {
    PollTimes times({}, 0s, 1);
    for (const auto &[said, held] : {std::pair{0s, 30s}, std::pair{1s, 30s}, std::pair{300s, 300s},
                                     std::pair{std::chrono::seconds(99h), std::chrono::seconds(24h)}}) {
        times.server_says(said);
        CHECK(times.interval() == held);
        const auto wait = times.after_answer();
        CHECK(wait <= held && wait >= held * 9 / 10);
    }
}

TEST(PollTimes, grow_with_each_failure_and_heed_the_server) {
    PollTimes times({}, 300s, 1);
    CHECK(times.after_failure(0s) <= 30s);
    for (int failure = 0; failure < 20; ++failure)
        times.after_failure(0s);
    CHECK(times.after_failure(0s) <= 15min && times.after_failure(0s) >= 13min);
    CHECK(times.after_failure(1h) == 1h);
    CHECK(times.after_failure(1000h) == 24h);
    times.after_answer();
    CHECK(times.after_failure(0s) <= 30s);
    CHECK(times.after_denial() >= 54min);
}

TEST_GROUP(ProgramOptions){};

TEST(ProgramOptions, are_understood_or_refused_as_a_whole) {
    const std::array good{"update-hawkbit", "--confirm", "--remark", "after the fair"};
    const ProgramOptions options = read_program_options(4, good.data());
    CHECK(options.verb == Verb::confirm);
    STRCMP_EQUAL("after the fair", options.remark.c_str());
    for (const std::vector<const char *> &bad : {std::vector<const char *>{"x"},
                                                 {"x", "--json"},
                                                 {"x", "--status", "--once"},
                                                 {"x", "--confirm", "--json"},
                                                 {"x", "--status", "--remark", "a"},
                                                 {"x", "--confirm", "--remark"},
                                                 {"x", "status"}})
        CHECK_THROWS(UsageError, read_program_options(static_cast<int>(bad.size()), bad.data()));
}
