// Reading certificates from PEM. Trusts and verifies nothing. Internal to this folder.
#pragma once

#include "updater/firmware/openssl_handles.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace updater::firmware {

using CertificateList = std::vector<openssl::Certificate>;

/// Those of every *.pem and *.crt file of the folder, in the order of the files' names. Throws NoTrustedKeys
/// if there is none, or if one of the files cannot be read.
CertificateList certificates_in(const std::filesystem::path &folder);

/// At least one. `name` stands for the text in messages. Throws NoTrustedKeys.
CertificateList certificates_of(std::string_view pem, const std::filesystem::path &name);

/// The subject, for example, as one line. May come from a firmware that is not verified yet.
std::string text_of(const X509_NAME *name);

/// What stands between the first and the last line of its PEM, without line breaks.
std::string base64_of(X509 *certificate);

} // namespace updater::firmware
