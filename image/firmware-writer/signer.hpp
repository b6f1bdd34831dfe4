// The vendor's private keys: makes them, and signs with them (CMS, RFC 5652, DER). Never on an appliance.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace firmware_writer {

/// Signs `content` with a PEM private key and the PEM certificate that belongs to it. With an RSA key the
/// same input gives the same bytes: the signing time is set to the first day of the certificate. Throws
/// std::runtime_error naming the file at fault.
std::string sign(std::string_view content, const std::filesystem::path &key,
                 const std::filesystem::path &certificate);

/// Writes a new RSA key (3072 bits; mode 0600) and a self-signed certificate for it, valid for 20 years.
/// Neither file may exist. Throws std::runtime_error.
void make_key_pair(const std::string &common_name, const std::filesystem::path &key,
                   const std::filesystem::path &certificate);

} // namespace firmware_writer
