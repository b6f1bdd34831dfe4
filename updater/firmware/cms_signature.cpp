#include "updater/firmware/cms_signature.hpp"

#include "updater/firmware/certificate_list.hpp"
#include "updater/firmware/firmware_error.hpp"

#include <memory>
#include <openssl/x509v3.h>
#include <utility>

namespace updater::firmware {

namespace {

[[noreturn]] void refuse(FirmwareRefusal kind, const std::string &what) {
    throw FirmwareRefused(kind, what);
}

openssl::Cms parse_signature(std::string_view signature, const std::string &what) {
    const openssl::Bio reader = openssl::reader_of(signature);
    openssl::Cms cms(d2i_CMS_bio(reader.get(), nullptr));
    if (!cms || BIO_pending(reader.get()) != 0) {
        ERR_clear_error();
        refuse(FirmwareRefusal::damaged_signature,
               "the signature of the " + what + " is damaged: it is not a CMS message");
    }
    if (OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed || CMS_is_detached(cms.get()) != 1)
        refuse(FirmwareRefusal::damaged_signature,
               "the signature of the " + what + " is damaged: it is another kind of CMS message");
    return cms;
}

CMS_SignerInfo *only_signer(CMS_ContentInfo *cms, const std::string &what) {
    STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);
    if (!signers || sk_CMS_SignerInfo_num(signers) != 1)
        refuse(FirmwareRefusal::damaged_signature,
               "the signature of the " + what + " does not have exactly one signer");
    CMS_SignerInfo *signer = sk_CMS_SignerInfo_value(signers, 0);
    if (CMS_signed_get_attr_count(signer) < 1)
        refuse(FirmwareRefusal::damaged_signature,
               "the signature of the " + what + " has no signed attributes");
    return signer;
}

/// A reader that is not a memory BIO for OpenSSL: CMS_verify wraps a memory BIO in a second one and leaks
/// that when it fails early, which happens for each damaged signature (OpenSSL 3.0.19,
/// crypto/cms/cms_smime.c).
openssl::Bio content_reader(std::string_view content) {
    openssl::Bio reader(openssl::require(BIO_new(BIO_f_null()), "make a filter"));
    BIO_push(reader.get(), openssl::reader_of(content).release());
    return reader;
}

} // namespace

CmsSignature::CmsSignature(std::string_view der, std::string what)
    : what_(std::move(what)), cms_(parse_signature(der, what_)), signer_(only_signer(cms_.get(), what_)) {}

bool CmsSignature::names(X509 *certificate) const {
    return CMS_SignerInfo_cert_cmp(signer_, certificate) == 0;
}

std::string CmsSignature::claimed_signer() const {
    STACK_OF(X509) *certificates = CMS_get1_certs(cms_.get());
    std::string subject;
    for (int i = 0; i < sk_X509_num(certificates); ++i)
        if (CMS_SignerInfo_cert_cmp(signer_, sk_X509_value(certificates, i)) == 0)
            subject = text_of(X509_get_subject_name(sk_X509_value(certificates, i)));
    sk_X509_pop_free(certificates, X509_free);
    X509_NAME *issuer = nullptr;
    if (subject.empty() && CMS_SignerInfo_get0_signer_id(signer_, nullptr, &issuer, nullptr) == 1 && issuer)
        subject = "issued by " + text_of(issuer);
    return subject.empty() ? "its certificate is not in the signature" : subject;
}

void CmsSignature::require_strong_digest() const {
    X509_ALGOR *digest = nullptr;
    CMS_SignerInfo_get0_algs(signer_, nullptr, nullptr, &digest, nullptr);
    const ASN1_OBJECT *algorithm = nullptr;
    X509_ALGOR_get0(&algorithm, nullptr, nullptr, digest);
    const int id = OBJ_obj2nid(algorithm);
    if (id != NID_sha256 && id != NID_sha384 && id != NID_sha512)
        refuse(
            FirmwareRefusal::unsupported_format,
            "the " + what_ +
                " is signed with a hash algorithm that is not accepted (SHA-256, SHA-384 and SHA-512 are)");
}

void CmsSignature::require_fit(X509 *certificate, X509_STORE *store, std::string_view content) const {
    require_strong_digest();
    const std::unique_ptr<STACK_OF(X509), decltype([](STACK_OF(X509) * stack) { sk_X509_free(stack); })>
        candidates(openssl::require(sk_X509_new_null(), "make a list of certificates"));
    openssl::require(sk_X509_push(candidates.get(), certificate), "make a list of certificates");
    const openssl::Bio reader = content_reader(content);
    ERR_clear_error();
    // CMS_NOINTERN: certificates inside the firmware are ignored.
    if (CMS_verify(cms_.get(), candidates.get(), store, reader.get(), nullptr, CMS_BINARY | CMS_NOINTERN) ==
        1)
        return;
    // OpenSSL checks the signature over the attributes first, then the content against the hash in them.
    const int cause = ERR_GET_REASON(ERR_peek_last_error());
    const std::string reason = openssl::reason();
    if (cause == CMS_R_CONTENT_VERIFY_ERROR)
        refuse(FirmwareRefusal::manifest_changed, "the signature does not fit the contents of the " + what_);
    refuse(FirmwareRefusal::damaged_signature,
           "the signature of the " + what_ + " is damaged (" + reason + ")");
}

} // namespace updater::firmware
