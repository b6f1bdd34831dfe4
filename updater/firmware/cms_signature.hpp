// One detached CMS signature (RFC 5652, DER). Knows no keys: the caller says which certificate it must be by.
// Internal to this folder.
#pragma once

#include "updater/firmware/openssl_handles.hpp"

#include <string>
#include <string_view>

namespace updater::firmware {

/// Whatever is wrong with a signature throws FirmwareRefused.
class CmsSignature {
  public:
    /// `what`: the signed thing, for messages. Requires exactly one signer, and signed attributes: without
    /// them the signature could not be told from one over other content.
    CmsSignature(std::string_view der, std::string what);

    /// Whether the signature names this certificate as its signer's.
    bool names(X509 *certificate) const;
    /// The subject that the signature claims as its signer. Not verified: for messages only.
    std::string claimed_signer() const;

    /// Requires that the signature is by the key of this certificate, which is in the store, and of this
    /// content, with SHA-256 or stronger.
    void require_fit(X509 *certificate, X509_STORE *store, std::string_view content) const;

  private:
    void require_strong_digest() const;

    std::string what_;
    openssl::Cms cms_;
    CMS_SignerInfo *signer_; ///< of cms_
};

} // namespace updater::firmware
