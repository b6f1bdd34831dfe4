// Detached CMS signatures (RFC 5652, DER) over the manifest, by OpenSSL. Knows nothing of firmware files.
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
/// its one signer is among them: none of them vouches for further certificates, and none that comes in the
/// firmware counts. Their dates are not looked at: an appliance's clock may be wrong or its firmware years
/// old, and a key is withdrawn by leaving its certificate out of the next release.
class TrustedKeys {
  public:
    /// Reads every *.pem and *.crt file of the folder, one or more PEM certificates each. Throws
    /// NoTrustedKeys if there is no folder or no such file in it, and when one of them cannot be read: a key
    /// that was meant to count is not left out silently.
    static TrustedKeys from_directory(const std::filesystem::path &folder);
    /// One or more PEM certificates. `name` stands for the text in messages. Throws NoTrustedKeys.
    static TrustedKeys from_pem(std::string_view pem, const std::string &name);

    /// These keys from now on, instead of `before`: what is signed by one of those that were trusted before,
    /// and is not among these, is refused as replaced_key, for which the advice is another than for a
    /// stranger's.
    TrustedKeys in_place_of(const TrustedKeys &before) const;

    TrustedKeys(const TrustedKeys &) = default;
    TrustedKeys &operator=(const TrustedKeys &) = default;
    ~TrustedKeys();

    std::size_t count() const;
    /// The same certificates, in the same order.
    bool same_as(const TrustedKeys &other) const;

    /// Whether one of the certificates stands in this text as PEM. Compares and does not parse, so the text
    /// may be anybody's.
    bool any_stands_in(std::string_view text) const;

    /// Checks that `signature` (DER) fits `content` and is by a trusted key, with SHA-256 or better. `what`
    /// it belongs to is named in messages. Returns the signer's subject, e.g. "CN=Example Vendor Firmware
    /// 2026". Throws FirmwareRefused (unknown_key, replaced_key, damaged_signature, manifest_changed).
    std::string check(std::string_view content, std::string_view signature,
                      const std::string &what = "firmware") const;

  private:
    struct Certificates;
    explicit TrustedKeys(std::shared_ptr<const Certificates> certificates);
    std::shared_ptr<const Certificates> certificates_;
    std::vector<std::shared_ptr<const Certificates>> replaced_; ///< trusted once, by age
};

/// Who may sign firmware now. Asked anew for each firmware, because the vendor can replace its keys while the
/// agent runs; from any thread. Throws NoTrustedKeys.
using KeysNow = std::function<TrustedKeys()>;

/// What lies in the folder at the time of asking: TrustedKeys::from_directory.
KeysNow keys_in(std::filesystem::path folder);

/// Longest signature that is read.
inline constexpr std::size_t max_signature_bytes = 64UL * 1024;

} // namespace updater::firmware
