// The advice for each reason of refusal.
#include "updater/firmware/firmware_error.hpp"

namespace updater::firmware {

namespace {

const char *const download_again = "download the firmware again; if the error comes back, tell its vendor";

// No default, so that the compiler warns here when a kind is added.
std::string next_step_for(FirmwareRefusal kind) {
    switch (kind) {
    case FirmwareRefusal::not_a_firmware_file:
        return "check that the path or URL names a firmware file, and download it again";
    case FirmwareRefusal::too_large:
    case FirmwareRefusal::damaged_signature:
    case FirmwareRefusal::manifest_changed:
    case FirmwareRefusal::index_changed:
        return download_again;
    case FirmwareRefusal::unknown_key:
        return "get the firmware from the appliance's vendor; if it is from there, an update may have to be "
               "installed first that brings the new key";
    case FirmwareRefusal::replaced_key:
        return "download the firmware again: the vendor signs with another key now, and the firmware "
               "on its server is signed with it";
    case FirmwareRefusal::unsupported_format:
        return "install the newest firmware that this version can read, then try again";
    case FirmwareRefusal::wrong_manifest:
    case FirmwareRefusal::wrong_index:
        return "tell the vendor: this firmware was built wrongly";
    }
    throw std::logic_error("unknown kind of firmware refusal");
}

messages::Code code_for(FirmwareRefusal kind) {
    switch (kind) {
    case FirmwareRefusal::not_a_firmware_file:
        return messages::Code::not_a_firmware_file;
    case FirmwareRefusal::too_large:
        return messages::Code::firmware_too_large;
    case FirmwareRefusal::unknown_key:
        return messages::Code::firmware_key_unknown;
    case FirmwareRefusal::replaced_key:
        return messages::Code::firmware_key_replaced;
    case FirmwareRefusal::damaged_signature:
        return messages::Code::firmware_signature_damaged;
    case FirmwareRefusal::manifest_changed:
        return messages::Code::manifest_changed;
    case FirmwareRefusal::index_changed:
        return messages::Code::index_changed;
    case FirmwareRefusal::unsupported_format:
        return messages::Code::firmware_format_unsupported;
    case FirmwareRefusal::wrong_manifest:
        return messages::Code::manifest_wrong;
    case FirmwareRefusal::wrong_index:
        return messages::Code::index_wrong;
    }
    throw std::logic_error("unknown kind of firmware refusal");
}

} // namespace

std::string name_of(FirmwareRefusal kind) {
    switch (kind) {
    case FirmwareRefusal::not_a_firmware_file:
        return "not_a_firmware_file";
    case FirmwareRefusal::too_large:
        return "too_large";
    case FirmwareRefusal::unknown_key:
        return "unknown_key";
    case FirmwareRefusal::replaced_key:
        return "replaced_key";
    case FirmwareRefusal::damaged_signature:
        return "damaged_signature";
    case FirmwareRefusal::manifest_changed:
        return "manifest_changed";
    case FirmwareRefusal::index_changed:
        return "index_changed";
    case FirmwareRefusal::unsupported_format:
        return "unsupported_format";
    case FirmwareRefusal::wrong_manifest:
        return "wrong_manifest";
    case FirmwareRefusal::wrong_index:
        return "wrong_index";
    }
    throw std::logic_error("unknown kind of firmware refusal");
}

FirmwareRefused::FirmwareRefused(FirmwareRefusal kind, const std::string &what_was_found)
    : Refused(what_was_found, next_step_for(kind), code_for(kind)), kind_(kind) {}

FirmwareDamaged::FirmwareDamaged(const std::string &what_was_found)
    : std::runtime_error(what_was_found), next_step_(download_again) {}

} // namespace updater::firmware
