// The messages between the agent and update-fetch; each is the contents of one Conversation::Message. Orders
// come from the agent, which is trusted. Answers come from a program that talks to the network, which is not.
#pragma once

#include "updater/download/connection.hpp"
#include "updater/download/download_failed.hpp"
#include "updater/firmware/byte_source.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace updater::fetch {

/// The kinds of messages.
namespace fetch_message {
// Orders. The answer to each is any number of `bytes` and `report`, then `done` or `failed`.
inline constexpr char open = 'O';     ///< FirmwareOrder: opens the source for later orders
inline constexpr char read = 'R';     ///< ranges of that source
inline constexpr char document = 'T'; ///< DocumentOrder
// Answers.
inline constexpr char bytes = 'B';  ///< offset (eight bytes, least significant first), then contents
inline constexpr char report = 'L'; ///< a line for people
inline constexpr char done = 'D';   ///< OrderDone
inline constexpr char failed = 'F'; ///< an exception
} // namespace fetch_message

/// A firmware file on a server.
struct FirmwareOrder {
    std::string url;
    download::Connection connection;
    bool known = false; ///< the server has answered before, so waiting for it is worthwhile

    bool operator==(const FirmwareOrder &) const = default;
};

/// A small document.
struct DocumentOrder {
    std::string url;
    std::uint64_t max_bytes = 0;
    download::Connection connection;

    bool operator==(const DocumentOrder &) const = default;
};

/// An order is complete.
struct OrderDone {
    std::uint64_t fetched_bytes = 0; ///< by the source since it was opened

    bool operator==(const OrderDone &) const = default;
};

inline constexpr std::size_t max_order_bytes = 64UL * 1024 * 1024; ///< there may be many ranges
inline constexpr std::size_t max_answer_bytes = 1024UL * 1024;
inline constexpr std::size_t max_line_bytes = 4096;
inline constexpr std::size_t place_bytes = 8;

// Reading throws ConversationFailed.
std::string write_firmware_order(const FirmwareOrder &order);
FirmwareOrder read_firmware_order(std::string_view text);
std::string write_document_order(const DocumentOrder &order);
DocumentOrder read_document_order(std::string_view text);
std::string write_order_done(const OrderDone &done);
OrderDone read_order_done(std::string_view text);
std::vector<std::byte> write_ranges(std::span<const firmware::ByteRange> ranges);
std::vector<firmware::ByteRange> read_ranges(std::span<const std::byte> contents);
std::vector<std::byte> write_place(std::uint64_t offset_bytes);
std::uint64_t read_place(std::span<const std::byte> contents);

/// DownloadFailed and FirmwareDamaged as such, anything else as DownloadFailure::other.
std::string write_failure(const std::exception &failure);
/// Throws the failure that write_failure wrote. The text comes from an untrusted program, so it is truncated,
/// and control characters, which could harm a terminal, are replaced.
[[noreturn]] void throw_failure(std::string_view text);

/// A line for people, made safe in the same way as in throw_failure.
std::string line_of(std::string_view text);

} // namespace updater::fetch
