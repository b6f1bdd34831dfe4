// Interface: whether a server answers at a TCP port, judged by its greeting.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace updater::network {

/// A TCP port at an address: IPv4, or IPv6 without brackets, with a zone (%br0) where it needs one.
struct Endpoint {
    std::string address;
    std::uint16_t port = 0;
    bool operator==(const Endpoint &) const = default;
};

/// "192.0.2.7:22", "[2001:db8::7]:22"
inline std::string text_of(const Endpoint &endpoint) {
    const bool v6 = endpoint.address.find(':') != std::string::npos;
    return (v6 ? "[" + endpoint.address + "]" : endpoint.address) + ":" + std::to_string(endpoint.port);
}

struct Greeting {
    std::string line;    ///< the first line that the server sent, at most 255 bytes; empty: none
    std::string failure; ///< why there is none: "Connection refused"; empty if there is one
};

class GreetingProbe {
  public:
    virtual ~GreetingProbe() = default;

    /// Connects, reads one line, sends nothing, closes. No answer is no exception.
    virtual Greeting greeting_of(const Endpoint &endpoint, std::chrono::milliseconds time_limit) = 0;
};

} // namespace updater::network
