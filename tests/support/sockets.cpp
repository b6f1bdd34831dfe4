// POSIX sockets.
#include "tests/support/sockets.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstdint>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace {

sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

void require(bool good, const char *what) {
    if (!good)
        throw std::system_error(errno, std::generic_category(), what);
}

int new_socket() {
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    require(descriptor >= 0, "socket");
    return descriptor;
}

} // namespace

Socket::Socket(int descriptor) : descriptor_(descriptor) {}

Socket::~Socket() {
    if (descriptor_ >= 0)
        close(descriptor_);
}

Socket::Socket(Socket &&other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

Socket Socket::listening(int port) {
    Socket made(new_socket());
    const int yes = 1;
    setsockopt(made.descriptor_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    const sockaddr_in address = loopback(port);
    require(bind(made.descriptor_, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0,
            "bind");
    constexpr int waiting_connections = 64;
    require(listen(made.descriptor_, waiting_connections) == 0, "listen");
    return made;
}

Socket Socket::connected_to(int port, int buffer_bytes) {
    Socket made(new_socket());
    if (buffer_bytes > 0)
        setsockopt(made.descriptor_, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
    const sockaddr_in address = loopback(port);
    require(connect(made.descriptor_, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0,
            "connect");
    return made;
}

int Socket::port() const {
    sockaddr_in address{};
    socklen_t length = sizeof address;
    require(getsockname(descriptor_, reinterpret_cast<sockaddr *>(&address), &length) == 0, "getsockname");
    return ntohs(address.sin_port);
}

Socket Socket::accept() const {
    Socket accepted(accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC));
    const int yes = 1;
    if (accepted.valid())
        setsockopt(accepted.descriptor_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return accepted;
}

std::size_t Socket::receive(char *bytes, std::size_t max) const {
    const ssize_t count = recv(descriptor_, bytes, max, 0);
    return count < 0 ? 0 : static_cast<std::size_t>(count);
}

bool Socket::send_all(std::string_view bytes) const {
    while (!bytes.empty()) {
        const ssize_t count = send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

void Socket::shut_down() const {
    shutdown(descriptor_, SHUT_RDWR);
}

void Socket::tear_down() const {
    const sockaddr nobody{.sa_family = AF_UNSPEC, .sa_data = {}};
    connect(descriptor_, &nobody, sizeof nobody);
}
