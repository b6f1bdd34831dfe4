// What makes a transfer a safe one.
#include "updater/download/curl_handles.hpp"

#include <new>

namespace updater::curl {

void set_up_https(CURL *handle, const std::string &url, const std::filesystem::path &certificate_authority,
                  std::chrono::seconds connect_time) {
    set(handle, CURLOPT_URL, url.c_str());
    set(handle, CURLOPT_NOSIGNAL, 1L);
    // Leaving while the name is still being looked up must not wait for the name server.
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
    set(handle, CURLOPT_CAINFO, certificate_authority.c_str());
    // Only that file counts, not the folder that libcurl was built with.
    set(handle, CURLOPT_CAPATH, static_cast<const char *>(nullptr));
    set(handle, CURLOPT_CONNECTTIMEOUT, static_cast<long>(connect_time.count()));
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

} // namespace updater::curl
