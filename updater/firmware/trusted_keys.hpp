// Trusted keys, and the check of detached CMS signatures (RFC 5652, DER) with OpenSSL. Knows nothing of
// firmware files.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace updater::firmware {

/// The certificates whose keys may sign firmware. A firmware is accepted if, and only if, the certificate of
/// its single signer is one of them. They are no authorities for further certificates, and certificates
/// inside the firmware are ignored. Validity dates are ignored: an appliance's clock may be wrong or its
/// firmware years old. A key is withdrawn by leaving its certificate out of the next release.
class TrustedKeys {
  public:
    /// Reads every *.pem and *.crt file of the folder, with one or more PEM certificates each. Throws
    /// NoTrustedKeys if there is no folder or no such file in it. Throws it also if one of them cannot be
    /// read, so that no key is silently left out.
    static TrustedKeys from_directory(const std::filesystem::path &folder);
    /// One or more PEM certificates. `name` stands for the text in messages. Throws NoTrustedKeys.
    static TrustedKeys from_pem(std::string_view pem, const std::string &name);

    /// These keys as the replacement of `before`. A signature by a key that is only in `before` is refused as
    /// replaced_key and not as unknown_key, because the advice differs.
    TrustedKeys in_place_of(const TrustedKeys &before) const;

    TrustedKeys(const TrustedKeys &) = default;
    TrustedKeys &operator=(const TrustedKeys &) = default;
    ~TrustedKeys();

    std::size_t count() const;
    /// Whether both have the same certificates, in the same order.
    bool same_as(const TrustedKeys &other) const;

    /// Whether the text contains one of the certificates as PEM. Compares without parsing, so the text need
    /// not be trusted.
    bool any_stands_in(std::string_view text) const;

    /// Checks that `signature` (DER) is a signature of `content` by a trusted key, with SHA-256 or stronger.
    /// `what`: the signed thing, for messages. Returns the signer's subject, e.g. "CN=Example Vendor Firmware
    /// 2026". Throws FirmwareRefused (unknown_key, replaced_key, damaged_signature, manifest_changed).
    std::string check(std::string_view content, std::string_view signature,
                      const std::string &what = "firmware") const;

  private:
    struct Certificates;
    explicit TrustedKeys(std::shared_ptr<const Certificates> certificates);
    std::shared_ptr<const Certificates> certificates_;
    std::vector<std::shared_ptr<const Certificates>> replaced_; ///< trusted earlier, oldest first
};

/// Returns the keys that are trusted now. Called for each firmware, because the vendor can replace its keys
/// while the agent runs. From any thread. Throws NoTrustedKeys.
using KeysNow = std::function<TrustedKeys()>;

/// The certificates in the folder at the time of the call: TrustedKeys::from_directory.
KeysNow keys_in(std::filesystem::path folder);

/// Maximum length of a signature that is read.
inline constexpr std::size_t max_signature_bytes = 64UL * 1024;

} // namespace updater::firmware
