// The greeting of real servers on the loopback address: who answers, who does not, and who takes too long.
#include "tests/support/sockets.hpp"
#include "updater/network/tcp_greeting_probe.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace std::chrono_literals;
using namespace updater::network;

TEST_GROUP(TcpGreetingProbe) {
    TcpGreetingProbe probe;
    Socket listener = Socket::listening(0);
    const Endpoint here{"127.0.0.1", static_cast<std::uint16_t>(listener.port())};

    /// What the probe finds at a server that sends this, a piece every few milliseconds, and closes.
    Greeting from(const std::vector<std::string> &pieces) {
        std::thread server([&] {
            const Socket connection = listener.accept();
            for (const auto &piece : pieces) {
                connection.send_all(piece);
                std::this_thread::sleep_for(10ms);
            }
        });
        const auto greeting = probe.greeting_of(here, 5s);
        server.join();
        return greeting;
    }
};

TEST(TcpGreetingProbe, is_the_first_line_however_it_arrives) {
    for (const std::vector<std::string> &pieces : {std::vector<std::string>{"SSH-2.0-OpenSSH_9.2\r\n"},
                                                   {"SSH-", "2.0-OpenSSH_9.2", "\r", "\n"},
                                                   {"SSH-2.0-OpenSSH_9.2\nand more\n"}})
        STRCMP_EQUAL("SSH-2.0-OpenSSH_9.2", from(pieces).line.c_str());
}

TEST(TcpGreetingProbe, takes_no_more_than_a_line_may_hold) {
    LONGS_EQUAL(255, from({std::string(2000, 'x')}).line.size());
    LONGS_EQUAL(255, from({std::string(200, 'x'), std::string(200, 'x')}).line.size());
}

TEST(TcpGreetingProbe, says_why_nobody_answers) {
    STRCMP_EQUAL("the connection was closed without a greeting", from({"SSH-"}).failure.c_str());
    STRCMP_CONTAINS("not known", probe.greeting_of({"mx1.example", 22}, 1s).failure.c_str());
    const Endpoint gone{here.address, static_cast<std::uint16_t>(Socket::listening(0).port())};
    const auto refused = probe.greeting_of(gone, 5s);
    STRCMP_EQUAL("Connection refused", refused.failure.c_str());
    STRCMP_EQUAL("", refused.line.c_str());
}

TEST(TcpGreetingProbe, does_not_wait_longer_than_it_may) {
    const auto begun = std::chrono::steady_clock::now();
    STRCMP_EQUAL("no answer in time", probe.greeting_of(here, 100ms).failure.c_str());
    const auto took = std::chrono::steady_clock::now() - begun;
    CHECK(took >= 100ms && took < 5s);
}

TEST(TcpGreetingProbe, writes_addresses_as_people_do) {
    STRCMP_EQUAL("192.0.2.7:22", text_of(Endpoint{"192.0.2.7", 22}).c_str());
    STRCMP_EQUAL("[2001:db8::7]:2222", text_of(Endpoint{"2001:db8::7", 2222}).c_str());
}
