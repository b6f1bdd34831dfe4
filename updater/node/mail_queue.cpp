#include "updater/node/mail_queue.hpp"

#include "updater/text/clean_text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace updater::node {

namespace {

constexpr const char *queue_program = "queue";
constexpr std::size_t max_id_bytes = 64;
constexpr std::size_t max_reason_bytes = 512;

/// The next word of the line, which loses it.
std::string_view take_word(std::string_view &line) {
    const std::size_t end = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return word;
}

std::optional<std::uint64_t> number_in(std::string_view word) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error != std::errc() || end != word.data() + word.size())
        return std::nullopt;
    return number;
}

std::optional<QueuedMessage> message_in(std::string_view line) {
    const std::string_view id = take_word(line);
    const auto seconds = number_in(take_word(line));
    const auto recipients = number_in(take_word(line));
    constexpr std::uint64_t max_seconds = 253'402'300'799; // the year 9999
    if (id.empty() || id.size() > max_id_bytes || !seconds || *seconds > max_seconds || !recipients)
        return std::nullopt;
    return QueuedMessage{text::clean_text(id), std::chrono::sys_seconds(std::chrono::seconds(*seconds)),
                         *recipients, text::clean_text(line.substr(0, max_reason_bytes))};
}

} // namespace

QueueListing listing_in(const std::vector<std::string> &lines) {
    std::optional<std::uint64_t> length;
    QueueListing listing;
    for (const std::string &each : lines) {
        std::string_view line = each;
        const std::string_view kind = take_word(line);
        if (kind == "messages")
            length = number_in(line);
        else if (kind == "message" && listing.messages.size() < MailQueue::max_listed)
            if (auto message = message_in(line))
                listing.messages.push_back(*std::move(message));
    }
    if (!length)
        throw ProgramFailed("the product's program for the mail queue did not say how many messages wait "
                            "(\"messages N\")");
    listing.length = std::max<std::uint64_t>(*length, listing.messages.size());
    return listing;
}

QueueListing MailQueue::list(const std::stop_token &stop) {
    return listing_in(programs_.run({.program = queue_program, .arguments = {"list"}}, stop));
}

void MailQueue::run(const std::stop_token &stop) {
    // It talks to the mail server, which would not be told from inside a sandbox.
    programs_.run({.program = queue_program, .arguments = {"run"}, .only_looks = false}, stop);
}

} // namespace updater::node
