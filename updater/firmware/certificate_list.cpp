#include "updater/firmware/certificate_list.hpp"

#include "updater/firmware/firmware_error.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <openssl/pem.h>
#include <sstream>

namespace updater::firmware {

namespace {

[[noreturn]] void refuse_keys(const std::filesystem::path &path, const std::string &what) {
    throw NoTrustedKeys("no firmware can be trusted: " + path.string() + ": " + what,
                        "put the vendor's certificates (PEM) there, or repair the folder, and try again");
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

} // namespace

CertificateList certificates_in(const std::filesystem::path &folder) {
    CertificateList all;
    for (const std::filesystem::path &file : certificate_files(folder))
        std::ranges::move(certificates_of(contents_of(file), file), std::back_inserter(all));
    if (all.empty())
        refuse_keys(folder, "there is no certificate");
    return all;
}

CertificateList certificates_of(std::string_view pem, const std::filesystem::path &name) {
    const openssl::Bio reader = openssl::reader_of(pem);
    CertificateList list;
    // Without this OpenSSL asks the terminal for the passphrase of a certificate that is encrypted.
    const auto no_passphrase = [](char *, int, int, void *) { return -1; };
    while (X509 *certificate = PEM_read_bio_X509(reader.get(), nullptr, no_passphrase, nullptr))
        list.emplace_back(certificate);
    const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (!at_end || list.empty())
        refuse_keys(name, "is not a PEM certificate");
    return list;
}

/// It comes from an unverified firmware: the flags escape control characters, and the length is
/// bounded.
std::string text_of(const X509_NAME *name) {
    constexpr std::size_t max_characters = 200;
    const openssl::Bio text(openssl::require(BIO_new(BIO_s_mem()), "make a memory buffer"));
    openssl::require(X509_NAME_print_ex(text.get(), name, 0, XN_FLAG_RFC2253) >= 0, "print a subject");
    char *data = nullptr;
    const long length = BIO_get_mem_data(text.get(), &data);
    return {data, std::min(static_cast<std::size_t>(length), max_characters)};
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

} // namespace updater::firmware
