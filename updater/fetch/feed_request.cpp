#include "updater/fetch/feed_request.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace updater {

std::string write_feed_request(const FeedRequest &request) {
    return nlohmann::json{{"feed_url", request.feed_url},
                          {"certificate_authority", request.certificate_authority.string()},
                          {"first_key_list", request.first_key_list}}
        .dump();
}

FeedRequest parse_feed_request(std::string_view text) {
    try {
        const auto document = nlohmann::json::parse(text);
        return {.feed_url = document.at("feed_url").get<std::string>(),
                .certificate_authority = document.at("certificate_authority").get<std::string>(),
                .first_key_list = document.at("first_key_list").get<std::uint64_t>()};
    } catch (const nlohmann::json::exception &error) {
        throw std::runtime_error(std::string("the request for the feed cannot be read: ") + error.what());
    }
}

} // namespace updater
