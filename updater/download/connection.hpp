// How a server is reached: what is the same for everything that is fetched from it. Plain data; certificates
// and keys are text here, so that whoever fetches needs to read no file.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace updater::download {

/// Longer is no PEM file that belongs in here.
inline constexpr std::size_t max_pem_bytes = 4UL * 1024 * 1024;

struct Connection {
    std::string certificate_authority; ///< PEM, one or more; whom the server's certificate must come from
    std::string proxy_url;             ///< empty: no proxy, whatever the environment says
    std::string proxy_user;            ///< empty: the proxy asks for none
    std::string proxy_password;
    std::string client_certificate; ///< PEM; empty: the server is not shown any
    std::string client_key;         ///< PEM
    /// Of bodies, by each source or fetched document; 0: no limit.
    std::uint64_t max_bytes_per_second = 0;
    std::chrono::seconds connect_time{30};
    /// A server that sends next to nothing for so long, while we were waiting for it, has lost the
    /// connection.
    std::chrono::seconds stall_time{60};
    /// Without progress for so long, for whatever reason, the fetching is given up.
    std::chrono::seconds give_up_time{900};

    bool operator==(const Connection &) const = default;
};

} // namespace updater::download
