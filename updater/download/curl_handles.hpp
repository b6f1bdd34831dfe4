// Owning handles for libcurl, and the settings that all transfers share. For this folder and
// updater/hawkbit.
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

/// Initializes libcurl for as long as the object lives. libcurl counts initializations; since 7.84 any thread
/// may make one.
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

/// Allows https only, also after a redirect, and only servers whose certificate leads to the connection's
/// authority. Uses the connection's proxy, or none. Sets connect_time; the caller sets rate and other times.
/// `connection` outlives the handle. Throws DownloadFailed (proxy_failed) if the proxy's URL is invalid.
void set_up_https(CURL *handle, const std::string &url, const Connection &connection);

/// For several transfers at the same time, which share a connection if it is HTTP/2. At most `connections`.
Multi new_multi(std::size_t connections);

/// A separate set of connections for the handles that get it as CURLOPT_SHARE, whatever their multi handle.
/// It outlives those handles.
Share new_connections();

} // namespace updater::download::curl
