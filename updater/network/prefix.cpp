#include "updater/network/prefix.hpp"

#include <arpa/inet.h>
#include <charconv>
#include <cstdint>
#include <stdexcept>

namespace updater::network {
namespace {

struct Network {
    std::vector<std::uint8_t> bytes;
    unsigned prefix = 0; ///< bits
};

std::vector<std::uint8_t> address_bytes(const std::string &text) {
    std::vector<std::uint8_t> bytes(sizeof(in6_addr));
    if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1)
        return bytes;
    bytes.resize(sizeof(in_addr));
    if (::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1)
        return bytes;
    throw std::invalid_argument("\"" + text + "\" is not an IP address");
}

Network parse(const std::string &text) {
    const std::size_t slash = text.find('/');
    Network network;
    network.bytes = address_bytes(text.substr(0, slash));
    network.prefix = static_cast<unsigned>(network.bytes.size() * 8);
    if (slash == std::string::npos)
        return network;
    unsigned prefix = 0;
    const char *end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data() + slash + 1, end, prefix);
    if (error != std::errc() || rest != end || prefix > network.prefix)
        throw std::invalid_argument("\"" + text + "\" is not an IP network");
    network.prefix = prefix;
    return network;
}

bool lies_in(const Network &inner, const Network &outer) {
    if (inner.bytes.size() != outer.bytes.size() || inner.prefix < outer.prefix)
        return false;
    for (unsigned bit = 0; bit < outer.prefix; ++bit) {
        const unsigned mask = 0x80U >> (bit % 8);
        if (((inner.bytes[bit / 8] ^ outer.bytes[bit / 8]) & mask) != 0)
            return false;
    }
    return true;
}

} // namespace

bool covered_by(const std::string &network, const std::vector<InterfaceAddress> &addresses) {
    const Network inner = parse(network);
    for (const InterfaceAddress &address : addresses)
        if (lies_in(inner, {address_bytes(address.address), address.prefix}))
            return true;
    return false;
}

bool is_ipv6(const std::string &address) {
    return address_bytes(address).size() == sizeof(in6_addr);
}

} // namespace updater::network
