#include "updater/network/listeners.hpp"

#include "updater/network/network_state.hpp"
#include "updater/services/tcp_table.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cstring>

namespace updater::network {
namespace {

/// The kernel writes each 32 bits of an address as one number in the byte order of the machine.
std::string text_of_address(std::string_view hexadecimal) {
    constexpr std::size_t digits_of_word = 8;
    std::array<std::uint32_t, 4> words{};
    const std::size_t count = hexadecimal.size() / digits_of_word;
    if (hexadecimal.size() % digits_of_word != 0 || (count != 1 && count != words.size()))
        throw NetworkError("the kernel's list of connections has an address of another form: " +
                           std::string(hexadecimal));
    for (std::size_t index = 0; index < count; ++index) {
        const char *begin = hexadecimal.data() + index * digits_of_word;
        std::from_chars(begin, begin + digits_of_word, words.at(index), 16);
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(count == 1 ? AF_INET : AF_INET6, words.data(), text.data(), text.size());
    return text.data();
}

} // namespace

std::string reachable_address(std::string_view address) {
    if (address == "0.0.0.0")
        return "127.0.0.1";
    return address == "::" ? "::1" : std::string(address);
}

std::vector<Endpoint> listeners_at(std::uint16_t port, const std::filesystem::path &tables) {
    std::vector<Endpoint> endpoints;
    try {
        for (const char *table : {"tcp", "tcp6"})
            for (const services::TcpSocket &socket : services::read_tcp_table(tables / table)) {
                if (socket.state != services::tcp_listens || socket.local_port != port)
                    continue;
                const std::string address = text_of_address(socket.local_address);
                if (!address.starts_with("fe80:"))
                    endpoints.push_back({reachable_address(address), port});
            }
    } catch (const services::TcpTableError &failure) {
        throw NetworkError(failure.what());
    }
    return endpoints;
}

} // namespace updater::network
