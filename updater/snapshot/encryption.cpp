#include "updater/snapshot/encryption.hpp"

#include "updater/firmware/openssl_handles.hpp"
#include "updater/refusal.hpp"

#include <openssl/pem.h>

namespace updater::snapshot {

namespace openssl = firmware::openssl;

namespace {

constexpr int password_iterations = 600'000; // PBKDF2; OWASP's recommendation of 2023
constexpr int max_recipients = 4;            // a password and a certificate make two
constexpr char first_byte_of_der = 0x30;     // SEQUENCE

std::string contents_of(BIO *memory) {
    char *data = nullptr;
    const long length = BIO_get_mem_data(memory, &data);
    return {data, static_cast<std::size_t>(length)};
}

openssl::Bio memory() {
    return openssl::Bio(openssl::require(BIO_new(BIO_s_mem()), "make a memory buffer"));
}

int length_of(std::string_view bytes) {
    return static_cast<int>(bytes.size()); // bounded by whoever read them
}

void add_password(CMS_ContentInfo *cms, const std::string &password) {
    auto *copy = static_cast<unsigned char *>(
        openssl::require(OPENSSL_memdup(password.data(), password.size()), "copy the password"));
    // Not the cipher of the contents: a key is not wrapped in GCM. The message takes the copy.
    if (CMS_add0_recipient_password(cms, password_iterations, NID_id_alg_PWRI_KEK, NID_id_pbkdf2, copy,
                                    length_of(password), EVP_aes_256_cbc()) != nullptr)
        return;
    OPENSSL_clear_free(copy, password.size());
    throw std::runtime_error("OpenSSL cannot encrypt with a password: " + openssl::reason());
}

void add_certificate(CMS_ContentInfo *cms, const std::string &pem) {
    const openssl::Bio reader = openssl::reader_of(pem);
    const openssl::Certificate certificate(PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr));
    if (!certificate || CMS_add1_recipient_cert(cms, certificate.get(), 0) == nullptr)
        throw Refused("the certificate can't be used to encrypt: " + openssl::reason(),
                      "Give a PEM file with the certificate of an RSA or EC key.",
                      messages::Code::snapshot_refused);
}

bool open_with(CMS_ContentInfo *cms, const Secret &secret) {
    if (!secret.pem.empty()) {
        const openssl::Bio reader = openssl::reader_of(secret.pem);
        // An empty passphrase, so that OpenSSL never asks at the console.
        const openssl::Key key(PEM_read_bio_PrivateKey(reader.get(), nullptr, nullptr,
                                                       const_cast<char *>(""))); // NOLINT: C
        return key && CMS_decrypt_set1_pkey(cms, key.get(), nullptr) == 1;
    }
    std::string password = secret.password;
    return CMS_decrypt_set1_password(cms, reinterpret_cast<unsigned char *>(password.data()),
                                     length_of(password)) == 1;
}

} // namespace

std::string encrypted(std::string_view bytes, const Secret &secret) {
    const openssl::Cms cms(openssl::require(
        CMS_encrypt(nullptr, nullptr, EVP_aes_256_gcm(), CMS_BINARY | CMS_PARTIAL), "begin to encrypt"));
    if (!secret.password.empty())
        add_password(cms.get(), secret.password);
    if (!secret.pem.empty())
        add_certificate(cms.get(), secret.pem);
    const openssl::Bio reader = openssl::reader_of(bytes);
    openssl::require(CMS_final(cms.get(), reader.get(), nullptr, CMS_BINARY), "encrypt");
    const openssl::Bio out = memory();
    openssl::require(i2d_CMS_bio(out.get(), cms.get()), "write what was encrypted");
    return contents_of(out.get());
}

bool is_encrypted(std::string_view bytes) {
    return !bytes.empty() && bytes.front() == first_byte_of_der;
}

std::string decrypted(std::string_view bytes, const Secret &secret) {
    const openssl::Bio reader = openssl::reader_of(bytes);
    const openssl::Cms cms(d2i_CMS_bio(reader.get(), nullptr));
    const int type = cms ? OBJ_obj2nid(CMS_get0_type(cms.get())) : NID_undef;
    if (type != NID_id_smime_ct_authEnvelopedData || BIO_pending(reader.get()) != 0) {
        ERR_clear_error();
        throw Refused("the file is no encrypted snapshot, or it is damaged", "Fetch it again.",
                      messages::Code::snapshot_damaged);
    }
    // Each that is tried costs time.
    if (sk_CMS_RecipientInfo_num(CMS_get0_RecipientInfos(cms.get())) > max_recipients)
        throw Refused("the file is encrypted for more recipients than a snapshot is", "Fetch it again.",
                      messages::Code::snapshot_refused);
    const openssl::Bio out = memory();
    if (open_with(cms.get(), secret) &&
        CMS_decrypt(cms.get(), nullptr, nullptr, nullptr, out.get(), CMS_BINARY) == 1)
        return contents_of(out.get());
    ERR_clear_error();
    throw Refused(
        "the snapshot can't be decrypted: the password or key is another one, or the file was changed",
        "Use the password or the key that it was encrypted for.", messages::Code::snapshot_refused);
}

} // namespace updater::snapshot
