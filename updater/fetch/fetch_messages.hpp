// What the agent and update-fetch say to each other, each as the contents of one message (conversation.hpp).
// Orders come from the agent, which is trusted; answers come from a program that talks to the network, and
// are not.
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
// Orders. Each is answered by any number of `bytes` and `report`, and then by `done` or `failed`.
inline constexpr char open = 'O';     ///< FirmwareOrder: the source that later orders are for
inline constexpr char read = 'R';     ///< ranges of it
inline constexpr char document = 'T'; ///< DocumentOrder
// Answers.
inline constexpr char bytes = 'B'; ///< eight bytes for the place (least significant first), then the contents
inline constexpr char report = 'L'; ///< a line for people
inline constexpr char done = 'D';   ///< OrderDone
inline constexpr char failed = 'F'; ///< an exception
} // namespace fetch_message

/// A firmware file on a server.
struct FirmwareOrder {
    std::string url;
    download::Connection connection;
    bool known = false; ///< the server has answered before, so that waiting for it is worth while

    bool operator==(const FirmwareOrder &) const = default;
};

/// A small document as a whole.
struct DocumentOrder {
    std::string url;
    std::uint64_t max_bytes = 0;
    download::Connection connection;

    bool operator==(const DocumentOrder &) const = default;
};

/// After an order was carried out.
struct OrderDone {
    std::uint64_t fetched_bytes = 0; ///< of the source, since it was opened

    bool operator==(const OrderDone &) const = default;
};

inline constexpr std::size_t max_order_bytes = 64UL * 1024 * 1024; ///< ranges are many
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
/// Throws what write_failure was given. The text is one of a program that is not trusted: it is cut, and what
/// could do something to a terminal is taken out.
[[noreturn]] void throw_failure(std::string_view text);

/// A line for people, as careful as throw_failure.
std::string line_of(std::string_view text);

} // namespace updater::fetch
