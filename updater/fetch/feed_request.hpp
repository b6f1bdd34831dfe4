// What the agent asks of update-fetch: a small JSON document that both sides know.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace updater {

struct FeedRequest {
    std::string feed_url; ///< https; the lists of keys are beside it
    std::filesystem::path certificate_authority;
    std::uint64_t first_key_list = 1;

    bool operator==(const FeedRequest &) const = default;
};

/// Longest request that is read.
inline constexpr std::size_t most_feed_request_bytes = 16UL * 1024;

std::string write_feed_request(const FeedRequest &request);
/// Throws std::runtime_error.
FeedRequest parse_feed_request(std::string_view text);

/// An answer has the documents of updater/feed/feed_names.hpp. On failure there is only this file: one line
/// for a person.
inline constexpr std::string_view problem_file = "problem";
inline constexpr std::size_t most_problem_bytes = 4096;

} // namespace updater
