// Encrypts a snapshot that leaves the appliance, and decrypts one that comes back: CMS (RFC 5652, 5083),
// AES-256 in GCM, for a password or for whoever has the key of a certificate. `openssl cms -decrypt -binary
// -inform DER` reads it too. Keeps nothing.
#pragma once

#include <string>
#include <string_view>

namespace updater::snapshot {

struct Secret {
    std::string password; ///< any bytes; empty: none
    std::string pem; ///< to encrypt a certificate, to decrypt a private key without a passphrase; or empty
    bool given() const { return !password.empty() || !pem.empty(); }
};

/// Throws Refused for a certificate that cannot be used, std::runtime_error.
std::string encrypted(std::string_view bytes, const Secret &secret);

/// Whether the bytes are of the kind that encrypted() makes.
bool is_encrypted(std::string_view bytes);

/// Throws Refused: the wrong password or key, or the bytes were changed.
std::string decrypted(std::string_view bytes, const Secret &secret);

} // namespace updater::snapshot
