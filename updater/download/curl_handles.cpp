// The options that make a transfer safe: https, trusted certificates, no environment variables.
#include "updater/download/curl_handles.hpp"

#include "updater/download/download_failed.hpp"

#include <new>
#include <optional>

namespace updater::download::curl {

namespace {

using Url = std::unique_ptr<CURLU, decltype([](CURLU *handle) { curl_url_cleanup(handle); })>;

/// The proxy's URL with user name and password in it. libcurl 7.88 decodes %XX in CURLOPT_PROXYUSERNAME and
/// CURLOPT_PROXYPASSWORD, once more for each connection that a redirect leads to; later releases do not. In
/// the URL all releases read them the same way.
std::optional<std::string> with_credentials(const Connection &connection) {
    const Url url(curl_url());
    if (!url)
        throw std::bad_alloc();
    const auto put = [&](CURLUPart part, const std::string &text, unsigned flags) {
        return curl_url_set(url.get(), part, text.c_str(), flags) == CURLUE_OK;
    };
    if (!put(CURLUPART_URL, connection.proxy_url, 0))
        return std::nullopt;
    if (!connection.proxy_user.empty() &&
        (!put(CURLUPART_USER, connection.proxy_user, CURLU_URLENCODE) ||
         !put(CURLUPART_PASSWORD, connection.proxy_password, CURLU_URLENCODE)))
        return std::nullopt;
    char *text = nullptr;
    if (curl_url_get(url.get(), CURLUPART_URL, &text, 0) != CURLUE_OK)
        return std::nullopt;
    const std::unique_ptr<char, decltype([](char *owned) { curl_free(owned); })> owner(text);
    return text;
}

void set_up_proxy(CURL *handle, const Connection &connection) {
    // Without these two, libcurl reads environment variables.
    set(handle, CURLOPT_PROXY, "");
    set(handle, CURLOPT_NOPROXY, "");
    if (connection.proxy_url.empty())
        return;
    const bool known =
        connection.proxy_url.starts_with("http://") || connection.proxy_url.starts_with("https://");
    const auto url = known ? with_credentials(connection) : std::nullopt;
    // libcurl's own message would contain the password.
    if (!url)
        throw DownloadFailed(DownloadFailure::proxy_failed,
                             "nothing can be downloaded: the address of the proxy is no http or https URL; "
                             "check <proxy> in /etc/update-control/settings.xml");
    set(handle, CURLOPT_PROXY, url->c_str());
    set(handle, CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_BASIC | CURLAUTH_DIGEST));
}

/// Without a copy: there may be many handles.
void set_pem(CURL *handle, CURLoption option, const std::string &pem) {
    curl_blob blob{const_cast<char *>(pem.data()), pem.size(), CURL_BLOB_NOCOPY};
    set(handle, option, &blob);
}

void set_up_certificates(CURL *handle, const Connection &connection) {
    set_pem(handle, CURLOPT_CAINFO_BLOB, connection.certificate_authority);
    // Trust only those, not the folder that libcurl was built with.
    set(handle, CURLOPT_CAPATH, static_cast<const char *>(nullptr));
    if (connection.client_certificate.empty() && connection.client_key.empty())
        return;
    set_pem(handle, CURLOPT_SSLCERT_BLOB, connection.client_certificate);
    set_pem(handle, CURLOPT_SSLKEY_BLOB, connection.client_key);
    // Otherwise OpenSSL would ask for the passphrase at the terminal.
    set(handle, CURLOPT_KEYPASSWD, "");
}

} // namespace

void set_up_https(CURL *handle, const std::string &url, const Connection &connection) {
    set(handle, CURLOPT_URL, url.c_str());
    set(handle, CURLOPT_NOSIGNAL, 1L);
    // Cancelling during a name lookup must not wait for the name server.
    set(handle, CURLOPT_QUICK_EXIT, 1L);
    set(handle, CURLOPT_PROTOCOLS_STR, "https");
    set(handle, CURLOPT_REDIR_PROTOCOLS_STR, "https");
    set(handle, CURLOPT_FOLLOWLOCATION, 1L);
    set(handle, CURLOPT_MAXREDIRS, 5L);
    set(handle, CURLOPT_FAILONERROR, 1L);
    set(handle, CURLOPT_USERAGENT, "update-control");
    set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(handle, CURLOPT_SSL_VERIFYPEER, 1L);
    set(handle, CURLOPT_SSL_VERIFYHOST, 2L);
    set(handle, CURLOPT_CONNECTTIMEOUT, static_cast<long>(connection.connect_time.count()));
    set_up_certificates(handle, connection);
    set_up_proxy(handle, connection);
}

Multi new_multi(std::size_t connections) {
    Multi multi(curl_multi_init());
    if (!multi)
        throw std::bad_alloc();
    require(curl_multi_setopt(multi.get(), CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX)));
    require(curl_multi_setopt(multi.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(connections)));
    return multi;
}

Share new_connections() {
    Share share(curl_share_init());
    if (!share)
        throw std::bad_alloc();
    if (curl_share_setopt(share.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT) != CURLSHE_OK)
        throw std::runtime_error("libcurl cannot keep connections apart");
    return share;
}

} // namespace updater::download::curl
