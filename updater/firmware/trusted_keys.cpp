// Reads the trusted certificates, and checks signatures against them.
#include "updater/firmware/trusted_keys.hpp"
#include "updater/firmware/firmware_error.hpp"
#include "updater/firmware/openssl_handles.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sstream>
#include <utility>
#include <vector>

namespace updater::firmware {

namespace {

/// The text comes from an unverified firmware: the flags escape control characters, and the length is
/// bounded.
std::string text_of(const X509_NAME *name) {
    constexpr std::size_t max_characters = 200;
    const openssl::Bio text(openssl::require(BIO_new(BIO_s_mem()), "make a memory buffer"));
    openssl::require(X509_NAME_print_ex(text.get(), name, 0, XN_FLAG_RFC2253) >= 0, "print a subject");
    char *data = nullptr;
    const long length = BIO_get_mem_data(text.get(), &data);
    return {data, std::min(static_cast<std::size_t>(length), max_characters)};
}

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

/// Signed attributes are required: without them the signature could not be told from one over other content.
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

/// The subject that the firmware claims as its signer. Not verified: for the message only.
std::string claimed_signer(CMS_ContentInfo *cms, CMS_SignerInfo *signer) {
    STACK_OF(X509) *certificates = CMS_get1_certs(cms);
    std::string subject;
    for (int i = 0; i < sk_X509_num(certificates); ++i)
        if (CMS_SignerInfo_cert_cmp(signer, sk_X509_value(certificates, i)) == 0)
            subject = text_of(X509_get_subject_name(sk_X509_value(certificates, i)));
    sk_X509_pop_free(certificates, X509_free);
    X509_NAME *issuer = nullptr;
    if (subject.empty() && CMS_SignerInfo_get0_signer_id(signer, nullptr, &issuer, nullptr) == 1 && issuer)
        subject = "issued by " + text_of(issuer);
    return subject.empty() ? "its certificate is not in the signature" : subject;
}

void require_strong_digest(CMS_SignerInfo *signer, const std::string &what) {
    X509_ALGOR *digest = nullptr;
    CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest, nullptr);
    const ASN1_OBJECT *algorithm = nullptr;
    X509_ALGOR_get0(&algorithm, nullptr, nullptr, digest);
    const int id = OBJ_obj2nid(algorithm);
    if (id != NID_sha256 && id != NID_sha384 && id != NID_sha512)
        refuse(
            FirmwareRefusal::unsupported_format,
            "the " + what +
                " is signed with a hash algorithm that is not accepted (SHA-256, SHA-384 and SHA-512 are)");
}

/// A reader that is not a memory BIO for OpenSSL: CMS_verify wraps a memory BIO in a second one and leaks
/// that when it fails early, which happens for each damaged signature (OpenSSL 3.0.19,
/// crypto/cms/cms_smime.c).
openssl::Bio content_reader(std::string_view content) {
    openssl::Bio reader(openssl::require(BIO_new(BIO_f_null()), "make a filter"));
    BIO_push(reader.get(), openssl::reader_of(content).release());
    return reader;
}

/// Requires that the signature is by the key of this certificate, which is in the store, and of this content.
void require_fit(CMS_ContentInfo *cms, X509 *certificate, X509_STORE *store, std::string_view content,
                 const std::string &what) {
    const std::unique_ptr<STACK_OF(X509), decltype([](STACK_OF(X509) * stack) { sk_X509_free(stack); })>
        candidates(openssl::require(sk_X509_new_null(), "make a list of certificates"));
    openssl::require(sk_X509_push(candidates.get(), certificate), "make a list of certificates");
    const openssl::Bio reader = content_reader(content);
    ERR_clear_error();
    // CMS_NOINTERN: certificates inside the firmware are ignored.
    if (CMS_verify(cms, candidates.get(), store, reader.get(), nullptr, CMS_BINARY | CMS_NOINTERN) == 1)
        return;
    // OpenSSL checks the signature over the attributes first, then the content against the hash in them.
    const int cause = ERR_GET_REASON(ERR_peek_last_error());
    const std::string reason = openssl::reason();
    if (cause == CMS_R_CONTENT_VERIFY_ERROR)
        refuse(FirmwareRefusal::manifest_changed, "the signature does not fit the contents of the " + what);
    refuse(FirmwareRefusal::damaged_signature,
           "the signature of the " + what + " is damaged (" + reason + ")");
}

} // namespace

struct TrustedKeys::Certificates {
    std::vector<openssl::Certificate> list;
    openssl::Store store;

    /// Every certificate is a trust anchor. The class comment says why dates and purposes are ignored.
    void make_store() {
        store.reset(openssl::require(X509_STORE_new(), "make a certificate store"));
        for (const openssl::Certificate &certificate : list)
            openssl::require(X509_STORE_add_cert(store.get(), certificate.get()), "use a certificate");
        openssl::require(
            X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME),
            "set up a certificate store");
        openssl::require(X509_STORE_set_purpose(store.get(), X509_PURPOSE_ANY), "set up a certificate store");
    }

    X509 *of(CMS_SignerInfo *signer) const {
        for (const openssl::Certificate &certificate : list)
            if (CMS_SignerInfo_cert_cmp(signer, certificate.get()) == 0)
                return certificate.get();
        return nullptr;
    }
};

namespace {

[[noreturn]] void refuse_keys(const std::filesystem::path &path, const std::string &what) {
    throw NoTrustedKeys("no firmware can be trusted: " + path.string() + ": " + what,
                        "put the vendor's certificates (PEM) there, or repair the folder, and try again");
}

std::string base64_of(X509 *certificate) {
    unsigned char *raw = nullptr;
    const int length = i2d_X509(certificate, &raw);
    openssl::require(length > 0, "write a certificate");
    const std::unique_ptr<unsigned char, decltype([](unsigned char *owned) { OPENSSL_free(owned); })> owner(
        raw);
    std::string text((static_cast<std::size_t>(length) + 2) / 3 * 4 + 1, '\0');
    text.resize(static_cast<std::size_t>(
        EVP_EncodeBlock(reinterpret_cast<unsigned char *>(text.data()), raw, length)));
    return text;
}

std::vector<std::filesystem::path> certificate_files(const std::filesystem::path &folder) {
    std::vector<std::filesystem::path> files;
    try {
        for (const auto &entry : std::filesystem::directory_iterator(folder))
            if (entry.path().extension() == ".pem" || entry.path().extension() == ".crt")
                files.push_back(entry.path());
    } catch (const std::filesystem::filesystem_error &error) {
        refuse_keys(folder, error.code().message());
    }
    std::ranges::sort(files);
    return files;
}

std::string contents_of(const std::filesystem::path &file) {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream contents;
    contents << stream.rdbuf();
    if (!stream || !contents)
        refuse_keys(file, "cannot be read");
    return contents.str();
}

void read_certificates(std::string_view pem, const std::filesystem::path &name,
                       std::vector<openssl::Certificate> &list) {
    const openssl::Bio reader = openssl::reader_of(pem);
    const std::size_t before = list.size();
    // Without this OpenSSL asks the terminal for the passphrase of a certificate that is encrypted.
    const auto no_passphrase = [](char *, int, int, void *) { return -1; };
    while (X509 *certificate = PEM_read_bio_X509(reader.get(), nullptr, no_passphrase, nullptr))
        list.emplace_back(certificate);
    const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (!at_end || list.size() == before)
        refuse_keys(name, "is not a PEM certificate");
}

} // namespace

TrustedKeys TrustedKeys::from_directory(const std::filesystem::path &folder) {
    const auto certificates = std::make_shared<Certificates>();
    for (const std::filesystem::path &file : certificate_files(folder))
        read_certificates(contents_of(file), file, certificates->list);
    if (certificates->list.empty())
        refuse_keys(folder, "there is no certificate");
    certificates->make_store();
    return TrustedKeys(certificates);
}

TrustedKeys TrustedKeys::from_pem(std::string_view pem, const std::string &name) {
    const auto certificates = std::make_shared<Certificates>();
    read_certificates(pem, name, certificates->list);
    certificates->make_store();
    return TrustedKeys(certificates);
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
    const openssl::Cms cms = parse_signature(signature, what);
    CMS_SignerInfo *signer = only_signer(cms.get(), what);
    const Certificates *among = certificates_.get();
    X509 *certificate = among->of(signer);
    const bool counts = certificate != nullptr;
    for (auto earlier = replaced_.begin(); !certificate && earlier != replaced_.end(); ++earlier) {
        among = earlier->get();
        certificate = among->of(signer);
    }
    if (!certificate)
        refuse(FirmwareRefusal::unknown_key, "the " + what +
                                                 " is signed by a key that this appliance does not trust (" +
                                                 claimed_signer(cms.get(), signer) + ")");
    require_strong_digest(signer, what);
    require_fit(cms.get(), certificate, among->store.get(), content, what);
    const std::string subject = text_of(X509_get_subject_name(certificate));
    if (!counts)
        refuse(FirmwareRefusal::replaced_key,
               "the " + what + " is signed by a key that the vendor has replaced since (" + subject + ")");
    return subject;
}

KeysNow keys_in(std::filesystem::path folder) {
    return [folder = std::move(folder)] { return TrustedKeys::from_directory(folder); };
}

} // namespace updater::firmware
