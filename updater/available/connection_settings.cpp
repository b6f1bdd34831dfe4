#include "updater/available/connection_settings.hpp"

#include "partitions/durable.hpp"
#include "updater/firmware/firmware_error.hpp"
#include "updater/firmware/trusted_keys.hpp"
#include "updater/refusal.hpp"

#include <string>
#include <string_view>

namespace updater::available {

namespace {

constexpr std::size_t max_pem_file_bytes = 1024UL * 1024;
constexpr std::size_t max_password_file_bytes = 4096;
constexpr std::uint64_t kib = 1024;
/// Some editors write it in front of UTF-8. It is not part of a password, and OpenSSL finds no certificate
/// after it.
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::string contents(partitions::Storage &storage, const std::filesystem::path &file, std::size_t max_bytes) {
    if (file.empty())
        return {};
    try {
        const std::string text = partitions::read_whole_file(storage, file, max_bytes);
        return text.starts_with(byte_order_mark) ? text.substr(byte_order_mark.size()) : text;
    } catch (const partitions::StorageError &error) {
        throw Refused(
            std::string("firmware cannot be fetched: ") + error.what(),
            "It is named in /etc/update-control/settings.xml, or is part of the system. Put it there, "
            "then try again.",
            messages::Code::connection_settings_wrong);
    }
}

/// libcurl would skip a certificate that it cannot read, and then blame the server's certificate.
void require_certificates(const std::string &pem, const std::filesystem::path &file) {
    try {
        firmware::TrustedKeys::from_pem(pem, file);
    } catch (const firmware::NoTrustedKeys &) {
        throw Refused(
            "firmware cannot be fetched: " + file.string() +
                ", which <certificate-authorities> in /etc/update-control/settings.xml names, does not "
                "hold whole certificates in PEM (-----BEGIN CERTIFICATE-----)",
            "Put them there, or take the element out, then try again. To look at the file: openssl "
            "x509 -noout -subject -in " +
                file.string(),
            messages::Code::connection_settings_wrong);
    }
}

/// The image's, and those that the administrator adds.
std::string authorities(partitions::Storage &storage, const configuration::FirmwareSource &firmware,
                        const configuration::DownloadSettings &settings) {
    std::string all = contents(storage, firmware.certificate_authority, max_pem_file_bytes);
    if (settings.certificate_authorities.empty())
        return all;
    const std::string more = contents(storage, settings.certificate_authorities, max_pem_file_bytes);
    require_certificates(more, settings.certificate_authorities);
    return all + "\n" + more;
}

std::string first_line(const std::string &text) {
    const std::string line = text.substr(0, text.find('\n'));
    return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

} // namespace

download::Connection connection_of(partitions::Storage &storage,
                                   const configuration::FirmwareSource &firmware,
                                   const configuration::DownloadSettings &settings) {
    download::Connection connection;
    connection.certificate_authority = authorities(storage, firmware, settings);
    connection.proxy_url = settings.proxy.url;
    connection.proxy_user = settings.proxy.user;
    connection.proxy_password =
        first_line(contents(storage, settings.proxy.password_file, max_password_file_bytes));
    connection.client_certificate =
        contents(storage, settings.client_certificate.certificate, max_pem_file_bytes);
    connection.client_key = contents(storage, settings.client_certificate.key, max_pem_file_bytes);
    connection.max_bytes_per_second = settings.max_kib_per_second * kib;
    connection.connect_time = settings.connect_time;
    connection.stall_time = settings.stall_time;
    connection.give_up_time = settings.give_up_time;
    return connection;
}

} // namespace updater::available
