#include "updater/network/tcp_greeting_probe.hpp"

#include "partitions/base/file_descriptor.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

namespace updater::network {
namespace {

using partitions::base::FileDescriptor;
using ProbeClock = std::chrono::steady_clock;

/// The bound of RFC 4253.
constexpr std::size_t max_line_bytes = 255;

/// Why there is no greeting. Does not leave this file.
struct NoGreeting {
    std::string reason;
};

[[noreturn]] void give_up(int error) {
    throw NoGreeting{strerror(error)};
}

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

/// Only numeric addresses: a name would need the network to resolve.
Addresses parsed(const Endpoint &endpoint) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo *found = nullptr;
    const int result =
        getaddrinfo(endpoint.address.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found);
    if (result != 0)
        throw NoGreeting{gai_strerror(result)};
    return {found, &freeaddrinfo};
}

void wait_for(const partitions::base::FileDescriptor &connection, short events,
              ProbeClock::time_point deadline) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - ProbeClock::now());
        if (left.count() <= 0)
            throw NoGreeting{"no answer in time"};
        pollfd wait{connection.number(), events, 0};
        const int ready = ::poll(&wait, 1, static_cast<int>(left.count()));
        if (ready > 0)
            return;
        if (ready < 0 && errno != EINTR)
            give_up(errno);
    }
}

partitions::base::FileDescriptor connect_to(const Endpoint &endpoint, ProbeClock::time_point deadline) {
    const auto address = parsed(endpoint);
    partitions::base::FileDescriptor connection(
        ::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!connection.valid())
        give_up(errno);
    if (::connect(connection.number(), address->ai_addr, address->ai_addrlen) == 0)
        return connection;
    if (errno != EINPROGRESS)
        give_up(errno);
    wait_for(connection, POLLOUT, deadline);
    int error = 0;
    socklen_t length = sizeof error;
    if (::getsockopt(connection.number(), SOL_SOCKET, SO_ERROR, &error, &length) != 0)
        give_up(errno);
    if (error != 0)
        give_up(error);
    return connection;
}

std::string first_line(const partitions::base::FileDescriptor &connection, ProbeClock::time_point deadline) {
    std::string line;
    while (line.size() < max_line_bytes && line.find('\n') == std::string::npos) {
        wait_for(connection, POLLIN, deadline);
        std::array<char, max_line_bytes> bytes{};
        const ssize_t count = ::recv(connection.number(), bytes.data(), max_line_bytes - line.size(), 0);
        if (count == 0)
            throw NoGreeting{"the connection was closed without a greeting"};
        if (count > 0)
            line.append(bytes.data(), static_cast<std::size_t>(count));
        else if (errno != EAGAIN && errno != EINTR)
            give_up(errno);
    }
    line.erase(std::min(line.find_first_of("\r\n"), line.size()));
    return line;
}

} // namespace

Greeting TcpGreetingProbe::greeting_of(const Endpoint &endpoint, std::chrono::milliseconds time_limit) {
    const auto deadline = ProbeClock::now() + time_limit;
    try {
        return {first_line(connect_to(endpoint, deadline), deadline), ""};
    } catch (const NoGreeting &none) {
        return {"", none.reason};
    }
}

} // namespace updater::network
