// The reasons for which a firmware file is refused. Holds the errors and their advice, no decision.
#pragma once

#include "updater/messages/coded.hpp"
#include "updater/refusal.hpp"

#include <stdexcept>
#include <string>

namespace updater::firmware {

/// Why a firmware file is refused.
enum class FirmwareRefusal {
    not_a_firmware_file, ///< another kind of file, or entries missing, extra or out of order
    too_large,           ///< a part is larger than the format allows
    unknown_key,         ///< signed by a key that this appliance does not trust
    replaced_key,        ///< signed by a key that the vendor has replaced, which is no longer trusted
    damaged_signature,   ///< the signature itself is damaged
    manifest_changed,    ///< the signature is intact, but belongs to another manifest
    index_changed,       ///< the chunk index does not have the hash in the manifest
    unsupported_format,  ///< a format that this updater does not read
    wrong_manifest,      ///< signed, but its contents break the rules of the format
    wrong_index,         ///< signed, but its contents break the rules of the format
};

/// "unknown_key" and so on, as used in logs.
std::string name_of(FirmwareRefusal kind);

/// Thrown before any byte of the image was delivered. `next_step()` is determined by the kind.
class FirmwareRefused : public Refused {
  public:
    FirmwareRefused(FirmwareRefusal kind, const std::string &what_was_found);
    FirmwareRefusal kind() const { return kind_; }

  private:
    FirmwareRefusal kind_;
};

/// The trusted certificates are missing or cannot be read, so nothing may be installed.
class NoTrustedKeys : public Refused {
  public:
    using Refused::Refused;
    messages::Code code() const override { return messages::Code::no_trusted_keys; }
};

/// The file is shorter than it claims, its image is not the one that was signed, or it cannot be read. May be
/// thrown in the middle of the image; what was delivered before is intact.
class FirmwareDamaged : public std::runtime_error, public messages::CodeIs<messages::Code::firmware_damaged> {
  public:
    explicit FirmwareDamaged(const std::string &what_was_found);
    const std::string &next_step() const { return next_step_; }

  private:
    std::string next_step_;
};

} // namespace updater::firmware
