// Codes of firmware files that are not taken: 02.
#include "updater/messages/message.hpp"
#include "updater/messages/state_texts.hpp"

namespace updater::messages {

namespace {

constexpr std::string_view fetch_again = "Download the firmware again. If the error comes back, tell its "
                                         "vendor, or whoever runs the server or proxy between.";

constexpr Message firmware_messages[] = {
    {Code::not_a_firmware_file, "The file is no firmware, or one with parts missing", nothing_changed,
     "Check that the path or URL names a firmware file (a login page of a proxy is the usual surprise), and "
     "download it "
     "again."},
    {Code::firmware_too_large, "A part of the firmware is larger than the format allows", nothing_changed,
     fetch_again},
    {Code::firmware_key_unknown, "The firmware is signed by a key that this appliance does not trust",
     nothing_changed,
     "Get it from the appliance's vendor. If it is from there, an update may have to be installed first that "
     "brings the "
     "new key: update-control -l. Never try to get around this: it may be a forgery."},
    {Code::firmware_key_replaced, "The firmware is signed by a key that the vendor has replaced",
     nothing_changed, "Download the firmware again: on the vendor's server it is signed with the new key."},
    {Code::firmware_signature_damaged, "The signature of the firmware is damaged", nothing_changed,
     fetch_again},
    {Code::manifest_changed, "The manifest of the firmware is not the one that was signed", nothing_changed,
     fetch_again},
    {Code::index_changed, "The index of the firmware is not the one that was signed", nothing_changed,
     fetch_again},
    {Code::firmware_format_unsupported, "The firmware has a format that this updater does not read",
     nothing_changed,
     "Install the newest firmware that this version can read, then try again: update-control -l"},
    {Code::manifest_wrong, "The firmware is signed, but its manifest breaks the rules of the format",
     nothing_changed, "Tell the vendor: this firmware was built wrongly."},
    {Code::index_wrong, "The firmware is signed, but its index breaks the rules of the format",
     nothing_changed, "Tell the vendor: this firmware was built wrongly."},
    {Code::no_trusted_keys, "The trusted certificates are missing or cannot be read", nothing_changed,
     "Compare the running system with what was signed: update-control --verify. Without them nothing is "
     "installed."},
    {Code::firmware_damaged,
     "The firmware is shorter than it says, or its image is not the one that was signed",
     ended_while_mail_flows, fetch_again},
    {Code::firmware_changed, "The file or URL no longer has the firmware that phase 1 had checked",
     ended_while_mail_flows, "Somebody replaced it during the job. Start again: update-control -i fw"},
    {Code::no_such_firmware, "What was named is no path or URL of a firmware file", nothing_changed,
     "Name an absolute path or an https URL. What is here and in the feed: update-control -l"},
    {Code::version_failed_before, "The version failed on this appliance before and is not taken by itself",
     nothing_changed,
     "See when and why: update-control -l; update-control --history. To try it all the same, name its file "
     "or URL, or: "
     "update-control -i fw --force"},
    {Code::image_incomplete, "The image in the firmware lacks a part that an appliance needs, or it is wrong",
     ended_while_mail_flows, "Tell the vendor: this firmware was built wrongly."},
};

} // namespace

std::span<const Message> messages_of_firmware() {
    return firmware_messages;
}

} // namespace updater::messages
