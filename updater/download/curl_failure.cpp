// libcurl's error codes (libcurl-errors(3)) in words that say what to do.
#include "updater/download/curl_failure.hpp"

#include <memory>
#include <optional>

namespace updater::download {

namespace {

using Url = std::unique_ptr<CURLU, decltype([](CURLU *handle) { curl_url_cleanup(handle); })>;

std::string settings_file() {
    return "/etc/update-control/settings.xml";
}

std::optional<std::string> part_of(const Url &url, CURLUPart part) {
    char *text = nullptr;
    if (curl_url_get(url.get(), part, &text, 0) != CURLUE_OK)
        return std::nullopt;
    const std::unique_ptr<char, decltype([](char *owned) { curl_free(owned); })> owner(text);
    return text;
}

DownloadFailure kind_of(CURLcode code) {
    switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_TOO_MANY_REDIRECTS:
        return DownloadFailure::url_not_allowed;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return DownloadFailure::host_not_found;
    case CURLE_COULDNT_CONNECT:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SSL_CONNECT_ERROR: // the certificate has codes of its own
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return DownloadFailure::connection_failed;
    case CURLE_OPERATION_TIMEDOUT:
        return DownloadFailure::too_slow;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
        return DownloadFailure::certificate_refused;
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
        return DownloadFailure::pem_unusable;
    case CURLE_HTTP_RETURNED_ERROR:
        return DownloadFailure::server_refused;
    case CURLE_FILESIZE_EXCEEDED:
        return DownloadFailure::too_large;
    default: // libcurl has about a hundred codes, and more with each release
        return DownloadFailure::other;
    }
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
               "); ask the vendor about this appliance's "
               "right to updates";
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

std::string text_of(DownloadFailure kind, const TransferResult &result, const Connection &connection) {
    const std::string detail = " (" + result.detail + ")";
    switch (kind) {
    case DownloadFailure::url_not_allowed:
        if (result.code == CURLE_TOO_MANY_REDIRECTS)
            return "the server redirects again and again, last to " + url_to_show(result.redirection) +
                   detail + "; tell whoever runs the server";
        if (!result.redirection.empty())
            return "the server redirects to " + url_to_show(result.redirection) +
                   ", and only https is allowed" + detail + "; tell whoever runs the server";
        return "only addresses that begin with https:// are allowed" + detail + "; check the address";
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

} // namespace

TransferResult result_of(CURL *handle, CURLcode code, const char *detail) {
    TransferResult result;
    result.code = code;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &result.http_status);
    curl_easy_getinfo(handle, CURLINFO_HTTP_CONNECTCODE, &result.proxy_status);
    result.detail = *detail != '\0' ? detail : curl_easy_strerror(code);
    const char *redirection = nullptr;
    curl_easy_getinfo(handle, CURLINFO_REDIRECT_URL, &redirection);
    const char *effective = nullptr;
    curl_easy_getinfo(handle, CURLINFO_EFFECTIVE_URL, &effective);
    long redirects = 0;
    curl_easy_getinfo(handle, CURLINFO_REDIRECT_COUNT, &redirects);
    if (redirection)
        result.redirection = redirection;
    else if (effective && redirects > 0)
        result.redirection = effective;
    return result;
}

void require_https(const std::string &url) {
    if (!url.starts_with("https://"))
        throw DownloadFailed(DownloadFailure::url_not_allowed,
                             "cannot download " + url_to_show(url) +
                                 ": only addresses that begin with https:// are allowed; check the address");
}

bool failed_at_proxy(const TransferResult &result, const Connection &connection) {
    constexpr long first_error = 300;
    if (connection.proxy_url.empty())
        return false;
    // With a proxy, libcurl connects to the proxy and not to the server.
    return result.proxy_status >= first_error || result.code == CURLE_COULDNT_RESOLVE_PROXY ||
           result.code == CURLE_COULDNT_CONNECT;
}

DownloadFailed failure_of(const std::string &url, const TransferResult &result,
                          const Connection &connection) {
    DownloadFailure kind =
        failed_at_proxy(result, connection) ? DownloadFailure::proxy_failed : kind_of(result.code);
    constexpr long not_found = 404;
    constexpr long gone = 410;
    if (kind == DownloadFailure::server_refused &&
        (result.http_status == not_found || result.http_status == gone))
        kind = DownloadFailure::not_on_server;
    if (result.code == CURLE_UNSUPPORTED_PROTOCOL && result.redirection.empty() &&
        url.starts_with("https://"))
        kind = DownloadFailure::other;
    return {kind, "cannot download " + url_to_show(url) + ": " + text_of(kind, result, connection)};
}

std::string url_to_show(const std::string &url) {
    const Url parsed(curl_url());
    if (!parsed)
        throw std::bad_alloc();
    if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
        return "an address that is not a URL";
    curl_url_set(parsed.get(), CURLUPART_USER, nullptr, 0);
    curl_url_set(parsed.get(), CURLUPART_PASSWORD, nullptr, 0);
    if (part_of(parsed, CURLUPART_QUERY))
        curl_url_set(parsed.get(), CURLUPART_QUERY, "***", 0);
    curl_url_set(parsed.get(), CURLUPART_FRAGMENT, nullptr, 0);
    return part_of(parsed, CURLUPART_URL).value_or("an address that is not a URL");
}

std::string host_of(const std::string &url) {
    const Url parsed(curl_url());
    if (!parsed)
        throw std::bad_alloc();
    if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
        return "the server";
    return part_of(parsed, CURLUPART_HOST).value_or("the server");
}

} // namespace updater::download
