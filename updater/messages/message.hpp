// What each code means, in what state it leaves the appliance, and what to do: read by `update-control
// --explain` and by the manual page. Texts only; which failure has which code is said where it is thrown.
#pragma once

#include "updater/messages/code.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace updater::messages {

struct Message {
    Code code;
    std::string_view title; ///< what it means, one line; part of the contract
    std::string_view state; ///< in what state the appliance is
    std::string_view next;  ///< what to do, with commands ready to paste
};

/// Each area in a file of its own, in the order of the codes.
std::span<const Message> messages_of_requests();
std::span<const Message> messages_of_job();
std::span<const Message> messages_of_firmware();
std::span<const Message> messages_of_feed();
std::span<const Message> messages_of_checks();
std::span<const Message> messages_of_phases();
std::span<const Message> messages_of_disk();
std::span<const Message> messages_of_services();
std::span<const Message> messages_of_configuration();
std::span<const Message> messages_of_snapshots();

/// Rising codes.
std::vector<Message> all_messages();

/// `UC0412`, also as people type it: `uc0412`, `412`, `[UC0412]`. Nothing for a code that this release
/// doesn't know.
std::optional<Message> message_of(std::string_view code);

/// Whether it has the form of a code. Another release may know it.
bool is_code(std::string_view text);

/// The page update-control-messages(7).
std::string manual_page();

} // namespace updater::messages
