#include "updater/fetch/fetch_messages.hpp"

#include "updater/fetch/conversation.hpp"
#include "updater/firmware/firmware_error.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace updater::fetch {

namespace {

using nlohmann::json;

constexpr std::array failures{
    std::pair{"url_not_allowed", download::DownloadFailure::url_not_allowed},
    std::pair{"host_not_found", download::DownloadFailure::host_not_found},
    std::pair{"connection_failed", download::DownloadFailure::connection_failed},
    std::pair{"too_slow", download::DownloadFailure::too_slow},
    std::pair{"certificate_refused", download::DownloadFailure::certificate_refused},
    std::pair{"not_on_server", download::DownloadFailure::not_on_server},
    std::pair{"server_refused", download::DownloadFailure::server_refused},
    std::pair{"too_large", download::DownloadFailure::too_large},
    std::pair{"pem_unusable", download::DownloadFailure::pem_unusable},
    std::pair{"proxy_failed", download::DownloadFailure::proxy_failed},
    std::pair{"replaced_on_server", download::DownloadFailure::replaced_on_server},
    std::pair{"ranges_not_supported", download::DownloadFailure::ranges_not_supported},
    std::pair{"wrong_answer", download::DownloadFailure::wrong_answer},
    std::pair{"other", download::DownloadFailure::other},
};
constexpr const char *damaged = "damaged";
constexpr char failure_separator = '\n';

/// Limit for numbers that are added up and shown.
constexpr std::uint64_t max_fetched_bytes = std::uint64_t{1} << 50;

json connection_document(const download::Connection &connection) {
    return {{"certificate_authority", connection.certificate_authority},
            {"proxy_url", connection.proxy_url},
            {"proxy_user", connection.proxy_user},
            {"proxy_password", connection.proxy_password},
            {"client_certificate", connection.client_certificate},
            {"client_key", connection.client_key},
            {"most_bytes_per_second", connection.max_bytes_per_second},
            {"connect_seconds", connection.connect_time.count()},
            {"stall_seconds", connection.stall_time.count()},
            {"give_up_seconds", connection.give_up_time.count()}};
}

download::Connection connection_from(const json &document) {
    download::Connection connection;
    document.at("certificate_authority").get_to(connection.certificate_authority);
    document.at("proxy_url").get_to(connection.proxy_url);
    document.at("proxy_user").get_to(connection.proxy_user);
    document.at("proxy_password").get_to(connection.proxy_password);
    document.at("client_certificate").get_to(connection.client_certificate);
    document.at("client_key").get_to(connection.client_key);
    document.at("most_bytes_per_second").get_to(connection.max_bytes_per_second);
    connection.connect_time = std::chrono::seconds(document.at("connect_seconds").get<std::int64_t>());
    connection.stall_time = std::chrono::seconds(document.at("stall_seconds").get<std::int64_t>());
    connection.give_up_time = std::chrono::seconds(document.at("give_up_seconds").get<std::int64_t>());
    return connection;
}

/// CBOR (RFC 8949) and not JSON text: a password may contain any bytes, not only UTF-8. Only for orders,
/// which are trusted: the library recurses for each nested array or string, so deep nesting in an answer
/// would exhaust the agent's stack.
std::string contents_of(const json &document) {
    std::string contents;
    json::to_cbor(document, contents);
    return contents;
}

template <typename Read> auto read_contents(std::string_view text, const Read &read) {
    try {
        return read(json::from_cbor(text));
    } catch (const json::exception &error) {
        throw ConversationFailed(std::string("a message cannot be read: ") + error.what());
    }
}

void append_number(std::vector<std::byte> &bytes, std::uint64_t number) {
    for (std::size_t place = 0; place < place_bytes; ++place)
        bytes.push_back(static_cast<std::byte>(number >> (8 * place)));
}

std::uint64_t number_at(std::span<const std::byte> bytes) {
    std::uint64_t number = 0;
    for (std::size_t place = 0; place < place_bytes; ++place)
        number |= std::to_integer<std::uint64_t>(bytes[place]) << (8 * place);
    return number;
}

} // namespace

std::string write_firmware_order(const FirmwareOrder &order) {
    return contents_of(
        {{"url", order.url}, {"connection", connection_document(order.connection)}, {"known", order.known}});
}

FirmwareOrder read_firmware_order(std::string_view text) {
    return read_contents(text, [](const json &document) {
        return FirmwareOrder{.url = document.at("url").get<std::string>(),
                             .connection = connection_from(document.at("connection")),
                             .known = document.at("known").get<bool>()};
    });
}

std::string write_document_order(const DocumentOrder &order) {
    return contents_of({{"url", order.url},
                        {"most_bytes", order.max_bytes},
                        {"connection", connection_document(order.connection)}});
}

DocumentOrder read_document_order(std::string_view text) {
    return read_contents(text, [](const json &document) {
        return DocumentOrder{.url = document.at("url").get<std::string>(),
                             .max_bytes = document.at("most_bytes").get<std::uint64_t>(),
                             .connection = connection_from(document.at("connection"))};
    });
}

std::string write_order_done(const OrderDone &done) {
    const auto bytes = write_place(done.fetched_bytes);
    return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

OrderDone read_order_done(std::string_view text) {
    if (text.size() != place_bytes)
        throw ConversationFailed("a message cannot be read: it is not a number");
    const std::uint64_t fetched_bytes = number_at(std::as_bytes(std::span(text)));
    if (fetched_bytes > max_fetched_bytes)
        throw ConversationFailed("it says that it fetched " + std::to_string(fetched_bytes) +
                                 " bytes, which is impossible");
    return OrderDone{.fetched_bytes = fetched_bytes};
}

std::vector<std::byte> write_ranges(std::span<const firmware::ByteRange> ranges) {
    std::vector<std::byte> bytes;
    bytes.reserve(ranges.size() * 2 * place_bytes);
    for (const firmware::ByteRange &range : ranges) {
        append_number(bytes, range.offset_bytes);
        append_number(bytes, range.length_bytes);
    }
    return bytes;
}

std::vector<firmware::ByteRange> read_ranges(std::span<const std::byte> contents) {
    if (contents.size() % (2 * place_bytes) != 0)
        throw ConversationFailed("a list of ranges is truncated");
    std::vector<firmware::ByteRange> ranges;
    for (; !contents.empty(); contents = contents.subspan(2 * place_bytes))
        ranges.push_back({number_at(contents), number_at(contents.subspan(place_bytes))});
    return ranges;
}

std::vector<std::byte> write_place(std::uint64_t offset_bytes) {
    std::vector<std::byte> bytes;
    append_number(bytes, offset_bytes);
    return bytes;
}

std::uint64_t read_place(std::span<const std::byte> contents) {
    if (contents.size() < place_bytes)
        throw ConversationFailed("bytes came without their offset");
    return number_at(contents);
}

std::string write_failure(const std::exception &failure) {
    std::string kind = "other";
    if (dynamic_cast<const firmware::FirmwareDamaged *>(&failure) != nullptr)
        kind = damaged;
    else if (const auto *download = dynamic_cast<const download::DownloadFailed *>(&failure))
        kind = std::ranges::find(failures, download->kind(), &decltype(failures)::value_type::second)->first;
    return kind + failure_separator + std::string(failure.what()).substr(0, max_line_bytes);
}

void throw_failure(std::string_view text) {
    const std::size_t separator = text.find(failure_separator);
    if (separator == std::string_view::npos)
        throw ConversationFailed("a message cannot be read: it is not a failure");
    const std::string_view kind = text.substr(0, separator);
    const std::string message = line_of(text.substr(separator + 1));
    if (kind == damaged)
        throw firmware::FirmwareDamaged(message);
    for (const auto &[name, failure] : failures)
        if (kind == name)
            throw download::DownloadFailed(failure, message);
    throw ConversationFailed("a failure of an unknown kind came");
}

std::string line_of(std::string_view text) {
    std::string line(text.substr(0, max_line_bytes));
    std::ranges::replace_if(
        line,
        [](char character) { return static_cast<unsigned char>(character) < 0x20 || character == 0x7f; },
        ' ');
    return line;
}

} // namespace updater::fetch
