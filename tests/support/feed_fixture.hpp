// A vendor with signing keys, and the feeds and key lists that it publishes.
#pragma once

#include "updater/feed/feed.hpp"
#include "updater/feed/feed_error.hpp"
#include "updater/feed/feed_keys.hpp"

#include <chrono>
#include <string>

namespace updater::testing {

inline constexpr const char *product = "mail-appliance";
inline constexpr const char *feed_url = "https://updates.example/list/feed.xml";
/// 2026-11-21T00:00:00Z
inline constexpr std::chrono::sys_seconds today{std::chrono::seconds(1795219200)};

/// The vendor's signing keys, made once for all tests; `name` is one letter.
feed::SignedText sign_with(char name, const std::string &text);
std::string certificate_of(char name);
firmware::TrustedKeys trusting(const std::string &names);

feed::FeedEntry entry(const char *version, const char *minimum_version);
/// Issued today, good for thirty days.
feed::Feed feed_of(std::uint64_t serial, std::vector<feed::FeedEntry> entries = {});
feed::SignedText signed_feed(char key, const feed::Feed &feed);
/// The list of this number with these keys, signed by `by`.
feed::SignedText signed_keys(char by, std::uint64_t number, const std::string &names);

/// "accepted", or why not (name_of).
template <typename Work> std::string feed_outcome_of(const Work &work) {
    try {
        work();
        return "accepted";
    } catch (const feed::FeedRefused &refusal) {
        return feed::name_of(refusal.kind());
    }
}

} // namespace updater::testing
