// Owning handles for libcurl, and the settings that every transfer has. Internal to this folder.
#pragma once

#include "updater/download/connection.hpp"

#include <cstddef>
#include <curl/curl.h>
#include <memory>
#include <stdexcept>
#include <string>

namespace updater::download::curl {

struct Cleanup {
    void operator()(CURL *handle) const { curl_easy_cleanup(handle); }
};
struct MultiCleanup {
    void operator()(CURLM *handle) const { curl_multi_cleanup(handle); }
};
struct ShareCleanup {
    void operator()(CURLSH *share) const { curl_share_cleanup(share); }
};
using Share = std::unique_ptr<CURLSH, ShareCleanup>;
using Easy = std::unique_ptr<CURL, Cleanup>;
using Multi = std::unique_ptr<CURLM, MultiCleanup>;

/// libcurl is usable while one of these lives. libcurl counts them, and since 7.84 they may come from any
/// thread.
class Library {
  public:
    Library() {
        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
            throw std::runtime_error("libcurl cannot be used on this machine");
    }
    ~Library() { curl_global_cleanup(); }
    Library(const Library &) = delete;
    Library &operator=(const Library &) = delete;
};

template <class Value> void set(CURL *handle, CURLoption option, Value value) {
    const CURLcode result = curl_easy_setopt(handle, option, value);
    if (result != CURLE_OK)
        throw std::runtime_error(std::string("libcurl cannot be set up: ") + curl_easy_strerror(result));
}

inline void require(CURLMcode result) {
    if (result != CURLM_OK)
        throw std::runtime_error(std::string("libcurl failed: ") + curl_multi_strerror(result));
}

/// https only, also after a redirect, and only from servers whose certificate leads to the connection's
/// authority; through its proxy or none. `connection` has to outlive the handle. Rate and times other than
/// connect_time are left to the caller. Throws DownloadFailed (proxy_failed) if the proxy's URL is none.
void set_up_https(CURL *handle, const std::string &url, const Connection &connection);

/// For several transfers at once; over HTTP/2 they share a connection. At most `connections` at a time.
Multi new_multi(std::size_t connections);

/// Connections of their own for the handles that get it as CURLOPT_SHARE, in whatever multi handle they are.
/// It outlives them.
Share new_connections();

} // namespace updater::download::curl
