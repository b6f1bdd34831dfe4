// A real proxy that asks for a password.
#pragma once

#include "tests/support/server_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <optional>
#include <string>
#include <vector>

/// Runs Apache (Debian package apache2-bin) as a proxy for CONNECT on the loopback address while it lives.
/// Not tinyproxy: its passwords have letters and digits only, and it knows nothing but Basic.
class ProxyServer {
  public:
    enum class Asks { basic, digest };
    struct Account {
        std::string user;
        std::string password;
    };

    ProxyServer(Asks asks, const std::vector<Account> &accounts);

    std::string url() const { return "http://localhost:" + std::to_string(port_); }
    /// The requests so far: "METHOD STATUS".
    std::vector<std::string> requests() const;

  private:
    void write_accounts(Asks asks, const std::vector<Account> &accounts) const;
    void write_settings(Asks asks) const;

    TemporaryFolder folder_;
    int port_;
    std::optional<ServerProcess> process_;
};
