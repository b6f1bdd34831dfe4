// libcurl's error codes (libcurl-errors(3)) as the kinds of failure that callers tell apart.
#include "updater/download/curl_failure.hpp"

#include "updater/download/failure_text.hpp"
#include "updater/download/shown_url.hpp"

namespace updater::download {

namespace {

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
    return {kind, "cannot download " + url_to_show(url) + ": " + failure_text(kind, result, connection)};
}

} // namespace updater::download
