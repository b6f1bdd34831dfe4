#include "updater/download/failure_text.hpp"

#include "updater/download/shown_url.hpp"

#include <stdexcept>

namespace updater::download {

namespace {

std::string settings_file() {
    return "/etc/update-control/settings.xml";
}

std::string url_text(const TransferResult &result) {
    const std::string detail = " (" + result.detail + ")";
    if (result.code == CURLE_TOO_MANY_REDIRECTS)
        return "the server redirects again and again, last to " + url_to_show(result.redirection) + detail +
               "; tell whoever runs the server";
    if (!result.redirection.empty())
        return "the server redirects to " + url_to_show(result.redirection) + ", and only https is allowed" +
               detail + "; tell whoever runs the server";
    return "only addresses that begin with https:// are allowed" + detail + "; check the address";
}

std::string status_text(long status) {
    switch (status) {
    case 400: // nginx and others respond with this when a client certificate is missing
        return "the server refused the request (400); if it requires a client certificate, check "
               "<client-certificate> in " +
               settings_file();
    case 401:
    case 403:
        return "the server does not allow it (" + std::to_string(status) +
               "); ask the vendor about this appliance's right to updates";
    case 404:
    case 410:
        return "the server does not have it (" + std::to_string(status) + "); check the address";
    default:
        return "the server answered with status " + std::to_string(status) + "; try again later";
    }
}

std::string proxy_text(const TransferResult &result, const Connection &connection) {
    constexpr long credentials_wanted = 407;
    const std::string proxy = "the proxy " + url_to_show(connection.proxy_url);
    if (result.proxy_status == credentials_wanted)
        return proxy + " does not accept " +
               (connection.proxy_user.empty() ? "us without a user name and a password"
                                              : "the user name or the password") +
               " (407); check <proxy> in " + settings_file();
    if (result.proxy_status != 0)
        return proxy + " does not let us through to the server (status " +
               std::to_string(result.proxy_status) + "); check what it allows, and <proxy> in " +
               settings_file();
    return proxy + " cannot be reached (" + result.detail + "); check <proxy> in " + settings_file() +
           ", the network and the firewall";
}

std::string pem_text(const TransferResult &result) {
    if (result.code == CURLE_SSL_CACERT_BADFILE)
        return "the certificates that servers are checked with cannot be used (" + result.detail +
               "); check the PEM file that is named as certificate-authority, and that of "
               "<certificate-authorities> in " +
               settings_file();
    return "our client certificate or its key cannot be used (" + result.detail +
           "); check <client-certificate> in " + settings_file() + " and the PEM files that it names";
}

} // namespace

std::string failure_text(DownloadFailure kind, const TransferResult &result, const Connection &connection) {
    const std::string detail = " (" + result.detail + ")";
    switch (kind) {
    case DownloadFailure::url_not_allowed:
        return url_text(result);
    case DownloadFailure::host_not_found:
        return "the name of the server was not found" + detail + "; check the address and the DNS settings";
    case DownloadFailure::connection_failed:
        return "there is no connection to the server, or it was lost" + detail +
               "; check the network and the firewall, and try again";
    case DownloadFailure::too_slow:
        return "the server did not answer in time, or sent almost nothing for " +
               std::to_string(connection.stall_time.count()) + " seconds" + detail +
               "; check the network, and try again";
    case DownloadFailure::certificate_refused:
        return "the server could not prove that it is the right one" + detail +
               "; check the appliance's clock, and whether something on the way replaces certificates. If a "
               "proxy or mirror of your own does, name its authority: <certificate-authorities> in " +
               settings_file();
    case DownloadFailure::pem_unusable:
        return pem_text(result);
    case DownloadFailure::proxy_failed:
        return proxy_text(result, connection);
    case DownloadFailure::not_on_server:
    case DownloadFailure::server_refused:
        return status_text(result.http_status);
    case DownloadFailure::too_large:
        return "the file is larger than it may be; check the address";
    case DownloadFailure::replaced_on_server:
    case DownloadFailure::ranges_not_supported:
    case DownloadFailure::wrong_answer:
    case DownloadFailure::other:
        return result.detail + "; try again";
    }
    throw std::logic_error("unknown kind of download failure");
}

} // namespace updater::download
