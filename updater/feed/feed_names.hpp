// File names of the feed, the key lists and their signatures, on the server and on the disk.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace updater::feed {

inline constexpr std::string_view feed_file = "feed.xml";
inline constexpr std::string_view key_list_prefix = "keys-";
inline constexpr std::string_view document_suffix = ".xml";
/// Appended to a document's name: the name of its signature.
inline constexpr std::string_view signature_suffix = ".sig";

/// PREFIX-NUMBER.xml
inline std::string numbered_document(std::string_view prefix, std::uint64_t number) {
    return std::string(prefix) + std::to_string(number) + std::string(document_suffix);
}

inline std::string key_list_file(std::uint64_t number) { // "keys-1.xml"
    return numbered_document(key_list_prefix, number);
}

} // namespace updater::feed
