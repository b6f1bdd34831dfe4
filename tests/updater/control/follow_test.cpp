// Following an agent that stays away, with less patience than people get.
#include "tests/support/served_agent.hpp"
#include "updater/control/actions.hpp"
#include "updater/control/follow.hpp"

#include <chrono>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::control;

TEST_GROUP(Follow) {
    PrivateBus bus;
    std::ostringstream output;

    void setup() override {
        setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address().c_str(), 1);
    }
    void teardown() override {
        unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
    }
};

TEST(Follow, an_agent_that_does_not_come_back_is_given_up) {
    Client client;
    Display display(output, DisplayMode::plain);
    WatchPause pause;
    Follow follow(client, display, pause, 0, "", std::chrono::seconds(1));
    CHECK_THROWS(AgentUnreachable, follow.until_end(JobWatch("job-1", nullptr)));
    CHECK(output.str().find("The job is not harmed.") != std::string::npos);
}

TEST(Follow, a_client_outlives_its_connection) {
    Client client;
    {
        const ServedAgent served(bus);
        CHECK(client.state().find("\"idle\"") != std::string::npos);
    }
    CHECK_THROWS(AgentUnreachable, client.state());
    const ServedAgent served(bus);
    CHECK(client.state().find("\"idle\"") != std::string::npos);
}

TEST(Follow, how_to_come_back_is_told_from_the_ssh_connection) {
    const struct {
        const char *connection;
        const char *user;
        const char *login;
    } cases[] = {{"192.0.2.9 50000 192.0.2.7 22", "admin", "admin@192.0.2.7"},
                 {"2001:db8::9 50000 2001:db8::7 22", nullptr, "root@2001:db8::7"},
                 {"nonsense", "root", ""},
                 {nullptr, "root", ""}};
    for (const auto &row : cases)
        STRCMP_EQUAL(row.login, login_of(row.connection, row.user).c_str());
}
