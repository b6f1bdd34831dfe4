// A web server of our own, so that downloads in tests go through real TLS and HTTP.
#pragma once

#include "tests/support/server_process.hpp"
#include "tests/support/temporary_folder.hpp"
#include "updater/download/connection.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

/// Runs nginx (Debian package nginx-light) on the loopback address while it lives; throws when it cannot be
/// started. It serves the files of www(), and knows:
///   /to-http       redirects to http
///   /to-file       redirects to the file URL of /etc/passwd
///   /elsewhere     redirects to /good, with https
///   /other-port/   redirects to url_http2() of what follows
///   /around        redirects to itself
///   /nobody        status 403
///   /always-busy   status 503
///   /slow          sends 2000 bytes a second of www()/large
///   /no-length     www()/large without saying how long it is
///   /whole-only/   the files of www(), without range requests
///   /busy/         the files of www(); status 503 with "Retry-After: 2" as long as www()/is-busy exists
///   /moved/        redirects to /for-a-while/, and to the files themselves as long as www()/is-over exists
///   /for-a-while/  the files of www(); status 403 as long as www()/is-over exists
///   /behind/       what the server on behind_port() answers
class WebServer {
  public:
    WebServer();
    WebServer(const WebServer &) = delete;
    WebServer &operator=(const WebServer &) = delete;

    std::filesystem::path www() const { return folder_ / "www"; }
    /// The certificate that the server's own is signed with.
    std::filesystem::path certificate_authority() const { return folder_ / "authority.pem"; }
    /// One that trusts it.
    updater::download::Connection connection() const;
    /// One that shows it a certificate, too.
    updater::download::Connection connection_of_a_client() const;
    /// "https://localhost:PORT" + path
    std::string url(const std::string &path) const;
    /// The same by another name of this machine, which is not in the server's certificate.
    std::string url_by_wrong_name(const std::string &path) const;
    /// The same with a certificate that expired yesterday.
    std::string url_expired(const std::string &path) const;
    /// The same for those only who show a certificate of certificate_authority().
    std::string url_for_clients(const std::string &path) const;
    /// The same by HTTP/2.
    std::string url_http2(const std::string &path) const;
    int port() const { return port_; }
    int http2_port() const { return http2_port_; }
    /// Little is under way that the client has not got: what the log says was sent did arrive.
    int narrow_port() const { return narrow_port_; }
    /// For a server of the test's own, without TLS.
    int behind_port() const { return behind_port_; }
    /// The requests so far for paths that begin with `path`, in the form "STATUS BYTES-OF-BODY PROTOCOL".
    std::vector<std::string> requests(const std::string &path) const;
    /// A port on which nothing listens.
    static int closed_port();

  private:
    explicit WebServer(const std::vector<int> &ports);

    void make_certificates() const;
    void write_settings() const;

    TemporaryFolder folder_;
    int port_;
    int http2_port_;
    int plain_port_;
    int behind_port_;
    int expired_port_;
    int client_port_;
    int narrow_port_;
    std::optional<ServerProcess> process_;
};
