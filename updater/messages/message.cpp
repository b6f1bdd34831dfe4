// Looking a code up.
#include "updater/messages/message.hpp"

#include <algorithm>
#include <charconv>

namespace updater::messages {

namespace {

constexpr std::string_view prefix = "UC";
constexpr std::size_t digit_count = 4;

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

} // namespace

bool is_code(std::string_view text) {
    return text.size() == prefix.size() + digit_count && text.starts_with(prefix) &&
           std::ranges::all_of(text.substr(prefix.size()), is_digit);
}

std::vector<Message> all_messages() {
    std::vector<Message> all;
    for (const auto area :
         {messages_of_requests(), messages_of_job(), messages_of_firmware(), messages_of_feed(),
          messages_of_checks(), messages_of_phases(), messages_of_disk(), messages_of_services(),
          messages_of_configuration(), messages_of_snapshots()})
        all.insert(all.end(), area.begin(), area.end());
    return all;
}

std::optional<Message> message_of(std::string_view code) {
    // Copied from a line of the log with its brackets.
    if (code.starts_with('[') && code.ends_with(']'))
        code = code.substr(1, code.size() - 2);
    if (code.size() > prefix.size() && (code[0] == 'U' || code[0] == 'u') &&
        (code[1] == 'C' || code[1] == 'c'))
        code.remove_prefix(prefix.size());
    unsigned number = 0;
    const char *end = code.data() + code.size();
    const auto [rest, error] = std::from_chars(code.data(), end, number);
    if (error != std::errc() || rest != end || code.empty() || code.size() > digit_count)
        return std::nullopt;
    for (const Message &message : all_messages())
        if (static_cast<unsigned>(message.code) == number)
            return message;
    return std::nullopt;
}

} // namespace updater::messages
