// The certificates that are trusted, and those that were before.
#include "updater/firmware/trusted_keys.hpp"

#include "updater/firmware/certificate_list.hpp"
#include "updater/firmware/cms_signature.hpp"
#include "updater/firmware/firmware_error.hpp"

#include <algorithm>
#include <iterator>
#include <openssl/x509v3.h>
#include <utility>

namespace updater::firmware {

/// Every certificate is a trust anchor. The comment of TrustedKeys says why dates and purposes are ignored.
struct TrustedKeys::Certificates {
    explicit Certificates(CertificateList all)
        : list(std::move(all)), store(openssl::require(X509_STORE_new(), "make a certificate store")) {
        for (const openssl::Certificate &certificate : list)
            openssl::require(X509_STORE_add_cert(store.get(), certificate.get()), "use a certificate");
        openssl::require(
            X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME),
            "set up a certificate store");
        openssl::require(X509_STORE_set_purpose(store.get(), X509_PURPOSE_ANY), "set up a certificate store");
    }

    /// Null: not one of these.
    X509 *signer_of(const CmsSignature &signature) const {
        for (const openssl::Certificate &certificate : list)
            if (signature.names(certificate.get()))
                return certificate.get();
        return nullptr;
    }

    const CertificateList list;
    const openssl::Store store;
};

TrustedKeys TrustedKeys::from_directory(const std::filesystem::path &folder) {
    return TrustedKeys(std::make_shared<Certificates>(certificates_in(folder)));
}

TrustedKeys TrustedKeys::from_pem(std::string_view pem, const std::string &name) {
    return TrustedKeys(std::make_shared<Certificates>(certificates_of(pem, name)));
}

TrustedKeys::TrustedKeys(std::shared_ptr<const Certificates> certificates)
    : certificates_(std::move(certificates)) {}
TrustedKeys::~TrustedKeys() = default;

std::size_t TrustedKeys::count() const {
    return certificates_->list.size();
}

bool TrustedKeys::same_as(const TrustedKeys &other) const {
    return std::ranges::equal(certificates_->list, other.certificates_->list,
                              [](const openssl::Certificate &left, const openssl::Certificate &right) {
                                  return X509_cmp(left.get(), right.get()) == 0;
                              });
}

bool TrustedKeys::any_stands_in(std::string_view text) const {
    // PEM may have lines of any length.
    std::string unbroken;
    std::ranges::remove_copy_if(text, std::back_inserter(unbroken), [](char character) {
        return character == ' ' || character == '\n' || character == '\r' || character == '\t';
    });
    return std::ranges::any_of(certificates_->list, [&](const openssl::Certificate &certificate) {
        return unbroken.find(base64_of(certificate.get())) != std::string::npos;
    });
}

TrustedKeys TrustedKeys::in_place_of(const TrustedKeys &before) const {
    TrustedKeys keys(certificates_);
    keys.replaced_ = before.replaced_;
    keys.replaced_.push_back(before.certificates_);
    return keys;
}

std::string TrustedKeys::check(std::string_view content, std::string_view signature,
                               const std::string &what) const {
    const CmsSignature parsed(signature, what);
    const Certificates *among = certificates_.get();
    X509 *certificate = among->signer_of(parsed);
    const bool is_trusted = certificate != nullptr;
    for (auto earlier = replaced_.begin(); !certificate && earlier != replaced_.end(); ++earlier) {
        among = earlier->get();
        certificate = among->signer_of(parsed);
    }
    if (!certificate)
        throw FirmwareRefused(FirmwareRefusal::unknown_key,
                              "the " + what + " is signed by a key that this appliance does not trust (" +
                                  parsed.claimed_signer() + ")");
    parsed.require_fit(certificate, among->store.get(), content);
    const std::string subject = text_of(X509_get_subject_name(certificate));
    if (!is_trusted)
        throw FirmwareRefused(FirmwareRefusal::replaced_key,
                              "the " + what + " is signed by a key that the vendor has replaced since (" +
                                  subject + ")");
    return subject;
}

KeysNow keys_in(std::filesystem::path folder) {
    return [folder = std::move(folder)] { return TrustedKeys::from_directory(folder); };
}

} // namespace updater::firmware
