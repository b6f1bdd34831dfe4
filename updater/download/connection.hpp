// How to connect to a server: the settings that apply to everything fetched from it. Plain data; certificates
// and keys are text here, so that the fetching code reads no files.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace updater::download {

/// A longer PEM file is refused: it is something else.
inline constexpr std::size_t max_pem_bytes = 4UL * 1024 * 1024;

struct Connection {
    std::string certificate_authority; ///< PEM, one or more; the server's certificate must lead to one
    std::string proxy_url;             ///< empty: no proxy; environment variables are ignored
    std::string proxy_user;            ///< empty: no authentication at the proxy
    std::string proxy_password;
    std::string client_certificate; ///< PEM; empty: none is sent to the server
    std::string client_key;         ///< PEM
    /// Limit for the bodies of responses, for each source or document; 0: no limit.
    std::uint64_t max_bytes_per_second = 0;
    std::chrono::seconds connect_time{30};
    /// If the server sends almost nothing for this long while we wait for it, the connection is considered
    /// lost.
    std::chrono::seconds stall_time{60};
    /// After this time without progress, for whatever reason, the download is given up.
    std::chrono::seconds give_up_time{900};

    bool operator==(const Connection &) const = default;
};

} // namespace updater::download
