// Owning handles for the OpenSSL objects used here and in updater/snapshot, and OpenSSL's error messages.
#pragma once

#include <filesystem>
#include <memory>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdexcept>
#include <string>
#include <string_view>

namespace updater::firmware::openssl {

template <auto free_function> struct Free {
    template <class Object> void operator()(Object *object) const { free_function(object); }
};

using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Cms = std::unique_ptr<CMS_ContentInfo, Free<CMS_ContentInfo_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Store = std::unique_ptr<X509_STORE, Free<X509_STORE_free>>;

/// OpenSSL's reason for the newest error. Clears its error queue.
inline std::string reason() {
    const char *text = ERR_reason_error_string(ERR_peek_last_error());
    std::string reason = text ? text : "unknown error";
    ERR_clear_error();
    return reason;
}

/// Checks the result of an OpenSSL call that returns an object, or 1 for success.
template <class Result> Result require(Result result, std::string_view action) {
    if (!result)
        throw std::runtime_error("OpenSSL cannot " + std::string(action) + ": " + reason());
    return result;
}

/// A view of memory; `bytes` outlives it.
inline Bio reader_of(std::string_view bytes) {
    return Bio(
        require(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())), "make a memory buffer"));
}

} // namespace updater::firmware::openssl
