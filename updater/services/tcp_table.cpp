#include "updater/services/tcp_table.hpp"

#include <charconv>
#include <fstream>
#include <optional>
#include <sstream>

namespace updater::services {
namespace {

std::optional<std::uint16_t> parse_hexadecimal_port(std::string_view digits) {
    std::uint16_t port = 0;
    const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port, 16);
    return error == std::errc() && rest == digits.data() + digits.size() ? std::optional(port) : std::nullopt;
}

/// "sl local:port remote:port state …", hexadecimal.
std::optional<TcpSocket> parse_socket(const std::string &line) {
    std::istringstream fields(line);
    std::string number;
    std::string local;
    std::string remote;
    TcpSocket socket;
    fields >> number >> local >> remote >> std::hex >> socket.state;
    const std::size_t colon = local.find(':');
    if (!fields || colon == std::string::npos)
        return std::nullopt;
    const auto port = parse_hexadecimal_port(std::string_view(local).substr(colon + 1));
    if (!port)
        return std::nullopt;
    socket.local_address = local.substr(0, colon);
    socket.local_port = *port;
    socket.remote_address = remote.substr(0, remote.find(':'));
    return socket;
}

} // namespace

std::vector<TcpSocket> read_tcp_table(const std::filesystem::path &file) {
    std::ifstream stream(file);
    if (!stream)
        return {};
    std::string line;
    std::getline(stream, line); // headings
    std::vector<TcpSocket> sockets;
    while (std::getline(stream, line)) {
        const auto socket = parse_socket(line);
        if (!socket)
            throw TcpTableError("cannot read the list of connections " + file.string() + ": \"" + line +
                                "\"");
        sockets.push_back(*socket);
    }
    if (stream.bad())
        throw TcpTableError("cannot read the list of connections " + file.string());
    return sockets;
}

} // namespace updater::services
