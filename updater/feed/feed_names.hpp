// The names of a feed's documents: on the server, in what is fetched, and beside each other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace updater::feed {

inline constexpr std::string_view feed_file = "feed.xml";
inline constexpr std::string_view key_list_prefix = "keys-";
inline constexpr std::string_view document_suffix = ".xml";
/// Each document has its signature beside it, with this behind the document's name.
inline constexpr std::string_view signature_suffix = ".sig";

/// PREFIX-NUMBER.xml
inline std::string numbered_document(std::string_view prefix, std::uint64_t number) {
    return std::string(prefix) + std::to_string(number) + std::string(document_suffix);
}

inline std::string key_list_file(std::uint64_t number) { // "keys-1.xml"
    return numbered_document(key_list_prefix, number);
}

} // namespace updater::feed
