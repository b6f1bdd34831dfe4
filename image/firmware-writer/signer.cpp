// Signing, and making keys: the vendor's side of the signature.
#include "image/firmware-writer/signer.hpp"

#include "partitions/base/file_descriptor.hpp"
#include "updater/firmware/openssl_handles.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <span>
#include <system_error>
#include <unistd.h>

namespace firmware_writer {

namespace openssl = updater::firmware::openssl;

namespace {

openssl::Bio open_file(const std::filesystem::path &path) {
    openssl::Bio file(BIO_new_file(path.c_str(), "rb"));
    if (!file)
        throw std::runtime_error("cannot read " + path.string() + ": " + openssl::reason());
    return file;
}

openssl::Key read_key(const std::filesystem::path &path) {
    openssl::Key key(PEM_read_bio_PrivateKey(open_file(path).get(), nullptr, nullptr, nullptr));
    if (!key)
        throw std::runtime_error(path.string() + " is not a private key in PEM form: " + openssl::reason());
    return key;
}

openssl::Certificate read_certificate(const std::filesystem::path &path) {
    openssl::Certificate certificate(PEM_read_bio_X509(open_file(path).get(), nullptr, nullptr, nullptr));
    if (!certificate)
        throw std::runtime_error(path.string() + " is not a certificate in PEM form: " + openssl::reason());
    return certificate;
}

std::string contents_of(BIO *memory) {
    char *data = nullptr;
    const long length = BIO_get_mem_data(memory, &data);
    return {data, static_cast<std::size_t>(length)};
}

openssl::Bio memory() {
    return openssl::Bio(openssl::require(BIO_new(BIO_s_mem()), "make a memory buffer"));
}

/// Fails if the file exists: an overwritten key cannot be recovered.
void create_file(const std::filesystem::path &path, mode_t mode, const std::string &contents) {
    const auto fail = [&](const char *action) {
        throw std::system_error(errno, std::generic_category(),
                                "cannot " + std::string(action) + " " + path.string());
    };
    partitions::base::FileDescriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (!file.valid())
        fail("create");
    if (::write(file.number(), contents.data(), contents.size()) != static_cast<ssize_t>(contents.size()) ||
        ::fsync(file.number()) != 0 || file.close() != 0)
        fail("write");
}

void add_extension(X509 *certificate, int id, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    X509_EXTENSION *extension =
        openssl::require(X509V3_EXT_conf_nid(nullptr, &context, id, value), "make a certificate");
    const int added = X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    openssl::require(added, "make a certificate");
}

void set_random_serial_number(X509 *certificate) {
    std::array<unsigned char, 16> random{};
    openssl::require(RAND_bytes(random.data(), static_cast<int>(random.size())) == 1, "make a random number");
    random.front() &= 0x7f;
    BIGNUM *number = openssl::require(BN_bin2bn(random.data(), static_cast<int>(random.size()), nullptr),
                                      "make a serial number");
    const ASN1_INTEGER *set = BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
    BN_free(number);
    openssl::require(set != nullptr, "make a serial number");
}

openssl::Certificate self_signed(EVP_PKEY *key, const std::string &common_name) {
    constexpr long days = 20L * 365;
    constexpr long version_3 = 2; // RFC 5280, 4.1.2.1
    openssl::Certificate certificate(openssl::require(X509_new(), "make a certificate"));
    openssl::require(X509_set_version(certificate.get(), version_3), "make a certificate");
    set_random_serial_number(certificate.get());
    X509_NAME *name = X509_get_subject_name(certificate.get());
    openssl::require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                                reinterpret_cast<const unsigned char *>(common_name.data()),
                                                static_cast<int>(common_name.size()), -1, 0),
                     "use the name \"" + common_name + "\"");
    openssl::require(X509_set_issuer_name(certificate.get(), name), "make a certificate");
    openssl::require(X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0) != nullptr, "set a date");
    openssl::require(X509_time_adj_ex(X509_getm_notAfter(certificate.get()), days, 0, nullptr) != nullptr,
                     "set a date");
    openssl::require(X509_set_pubkey(certificate.get(), key), "make a certificate");
    add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature");
    add_extension(certificate.get(), NID_subject_key_identifier, "hash");
    openssl::require(X509_sign(certificate.get(), key, EVP_sha256()) > 0, "sign a certificate");
    return certificate;
}

/// OpenSSL would use the current time; the header says why this is the certificate's first day.
void set_signing_time(CMS_SignerInfo *signer, const X509 *certificate) {
    const ASN1_TIME *time = X509_get0_notBefore(certificate);
    openssl::require(CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_signingTime, ASN1_STRING_type(time),
                                                 ASN1_STRING_get0_data(time), ASN1_STRING_length(time)),
                     "set the signing time");
}

} // namespace

std::string sign(std::string_view content, const std::filesystem::path &key_file,
                 const std::filesystem::path &certificate_file) {
    ERR_clear_error();
    const openssl::Key key = read_key(key_file);
    const openssl::Certificate certificate = read_certificate(certificate_file);
    if (X509_check_private_key(certificate.get(), key.get()) != 1)
        throw std::runtime_error("the private key " + key_file.string() +
                                 " does not belong to the certificate " + certificate_file.string());
    const unsigned flags = CMS_BINARY | CMS_DETACHED | CMS_NOSMIMECAP | CMS_PARTIAL;
    const openssl::Cms cms(openssl::require(CMS_sign(nullptr, nullptr, nullptr, nullptr, flags), "sign"));
    CMS_SignerInfo *signer = openssl::require(
        CMS_add1_signer(cms.get(), certificate.get(), key.get(), EVP_sha256(), flags), "sign with this key");
    set_signing_time(signer, certificate.get());
    const openssl::Bio reader = openssl::reader_of(content);
    openssl::require(CMS_final(cms.get(), reader.get(), nullptr, flags), "sign");
    const openssl::Bio der = memory();
    openssl::require(i2d_CMS_bio(der.get(), cms.get()), "write a signature");
    return contents_of(der.get());
}

void make_key_pair(const std::string &common_name, const std::filesystem::path &key_file,
                   const std::filesystem::path &certificate_file) {
    constexpr unsigned key_bits = 3072;
    ERR_clear_error();
    const openssl::Key key(openssl::require(EVP_RSA_gen(key_bits), "make a key"));
    const openssl::Certificate certificate = self_signed(key.get(), common_name);
    const openssl::Bio key_pem = memory();
    openssl::require(
        PEM_write_bio_PKCS8PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr),
        "write a key");
    const openssl::Bio certificate_pem = memory();
    openssl::require(PEM_write_bio_X509(certificate_pem.get(), certificate.get()), "write a certificate");
    create_file(key_file, 0600, contents_of(key_pem.get()));
    create_file(certificate_file, 0644, contents_of(certificate_pem.get()));
}

} // namespace firmware_writer
