// The real mail gate against this machine's kernel, in a network namespace of its own. A machine where that
// cannot be tried fails the test.
#include "updater/services/nftables_mail_gate.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <functional>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdexcept>
#include <string.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::services;

namespace {

constexpr std::uint16_t smtp = 25;

void require_call(bool condition, const char *what) {
    if (!condition)
        throw std::runtime_error(std::string(what) + " (" + strerror(errno) + ")");
}

class Socket {
  public:
    Socket() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        require_call(descriptor_ >= 0, "socket");
    }
    ~Socket() { ::close(descriptor_); }
    Socket(const Socket &) = delete;
    Socket &operator=(const Socket &) = delete;
    int get() const { return descriptor_; }

  private:
    int descriptor_;
};

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

void bring_up_loopback() {
    const Socket socket;
    ifreq request{};
    ::memcpy(request.ifr_name, "lo", 3);
    request.ifr_flags = IFF_UP;
    require_call(::ioctl(socket.get(), SIOCSIFFLAGS, &request) == 0, "bring up lo");
}

/// Runs `work` as root of a new network namespace, in a child, so that this process keeps its own. Returns
/// what went wrong, "" if nothing.
std::string in_network_namespace(const std::function<void()> &work) {
    int ends[2];
    if (::pipe(ends) != 0)
        return "no pipe";
    const pid_t child = ::fork();
    if (child == 0) {
        std::string failure;
        try {
            require_call(::unshare(CLONE_NEWNET) == 0, "make a network namespace: the test must run as root");
            bring_up_loopback();
            work();
        } catch (const std::exception &error) {
            failure = error.what();
        }
        const bool reported =
            ::write(ends[1], failure.data(), failure.size()) == static_cast<ssize_t>(failure.size());
        ::_exit(failure.empty() && reported ? 0 : 1);
    }
    ::close(ends[1]);
    std::string failure(4096, '\0');
    const ssize_t count = ::read(ends[0], failure.data(), failure.size());
    failure.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    return status == 0 || !failure.empty() ? failure
                                           : "the child ended with status " + std::to_string(status);
}

} // namespace

TEST_GROUP(NftablesMailGate){};

TEST(NftablesMailGate, closes_and_opens_as_often_as_asked) {
    STRCMP_EQUAL("", in_network_namespace([] {
                         NftablesMailGate gate;
                         require_call(!gate.is_closed(), "open at first");
                         gate.open();
                         gate.close({smtp});
                         gate.close({smtp, 587});
                         require_call(gate.is_closed(), "closed after closing twice");
                         NftablesMailGate another;
                         require_call(another.is_closed(), "closed for another agent, too");
                         another.open();
                         require_call(!gate.is_closed(), "open after one opening");
                     }).c_str());
}

TEST(NftablesMailGate, the_loopback_address_is_served_while_it_is_closed) {
    STRCMP_EQUAL("", in_network_namespace([] {
                         NftablesMailGate gate;
                         gate.close({smtp});
                         const Socket listener;
                         const Socket client;
                         sockaddr_in address = loopback(smtp);
                         auto *generic = reinterpret_cast<sockaddr *>(&address);
                         require_call(::bind(listener.get(), generic, sizeof address) == 0, "bind");
                         require_call(::listen(listener.get(), 1) == 0, "listen");
                         require_call(::connect(client.get(), generic, sizeof address) == 0,
                                      "connect over lo");
                     }).c_str());
}

TEST(NftablesMailGate, refuses_only_the_first_packet_from_elsewhere) {
    const std::string commands = closing_commands({25, 587});
    STRCMP_CONTAINS("iifname != \"lo\"", commands.c_str());
    STRCMP_CONTAINS("tcp flags & (fin | syn | rst | ack) == syn", commands.c_str());
    STRCMP_CONTAINS("tcp dport { 25, 587 } reject with tcp reset", commands.c_str());
}

TEST(NftablesMailGate, closing_no_port_is_a_mistake_of_the_configuration) {
    CHECK_THROWS(MailGateError, closing_commands({}));
}
