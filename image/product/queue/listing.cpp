#include "image/product/queue/listing.hpp"

#include <algorithm>
#include <cstdint>
#include <istream>
#include <nlohmann/json.hpp>
#include <ostream>
#include <stdexcept>
#include <string>

namespace queue {

namespace {

constexpr std::uint64_t max_listed = 100;
constexpr std::size_t max_reason_bytes = 300;

/// Why it waits: what the first recipient's server said, in one line.
std::string reason_of(const nlohmann::json &message) {
    if (message.value("queue_name", "") == "hold")
        return "it is on hold";
    std::string reason;
    for (const auto &recipient : message.value("recipients", nlohmann::json::array()))
        if (reason.empty())
            reason = recipient.value("delay_reason", "");
    std::ranges::replace_if(
        reason, [](char c) { return static_cast<unsigned char>(c) < 0x20U || c == 0x7F; }, ' ');
    return reason.substr(0, max_reason_bytes);
}

} // namespace

void write_listing(std::istream &postqueue, std::ostream &lines) {
    std::uint64_t count = 0;
    for (std::string line; std::getline(postqueue, line);) {
        if (line.empty())
            continue;
        if (++count > max_listed)
            continue;
        try {
            const auto message = nlohmann::json::parse(line);
            lines << "message " << message.at("queue_id").get<std::string>() << ' '
                  << message.at("arrival_time").get<std::uint64_t>() << ' '
                  << message.value("recipients", nlohmann::json::array()).size() << ' ' << reason_of(message)
                  << '\n';
        } catch (const nlohmann::json::exception &) {
            throw std::runtime_error("postqueue -j printed what isn't a message: " +
                                     line.substr(0, max_reason_bytes));
        }
    }
    lines << "messages " << count << '\n';
}

} // namespace queue
