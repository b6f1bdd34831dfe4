// The kernel's lists of TCP sockets, /proc/net/tcp and tcp6 (proc_net_tcp.txt of its documentation).
#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace updater::services {

class TcpTableError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

struct TcpSocket {
    std::string local_address; ///< hexadecimal, as the kernel writes it: "0100007F"
    std::uint16_t local_port = 0;
    std::string remote_address;
    unsigned state = 0;
};

/// The kernel's numbers.
inline constexpr unsigned tcp_established = 1;
inline constexpr unsigned tcp_listens = 10;

/// Empty if the file is missing: the kernel lacks this protocol. Throws TcpTableError.
std::vector<TcpSocket> read_tcp_table(const std::filesystem::path &file);

} // namespace updater::services
