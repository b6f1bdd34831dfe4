// The keys that may sign feeds and firmware, and how they change: a chain of key lists, each signed by a key
// of the list before. Uses no network and no disk.
#pragma once

#include "updater/firmware/trusted_keys.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace updater::feed {

/// A key list as the vendor publishes it, `keys-NUMBER.xml`: from now on exactly these certificates are
/// trusted.
struct KeyList {
    std::string product;
    std::uint64_t number = 0;              ///< 1 for the first list, then one more for each list
    std::vector<std::string> certificates; ///< one PEM certificate each

    bool operator==(const KeyList &) const = default;
};

/// Longest key list that is read, and the maximum number of key lists.
inline constexpr std::size_t max_key_list_bytes = 256UL * 1024;
inline constexpr std::uint64_t max_key_lists = 1000;

/// Throws FeedRefused (wrong_feed, unsupported_format). Only for text whose signature is verified.
KeyList parse_key_list(std::string_view xml);
/// The XML of a key list; parse_key_list() reads the same list from it.
std::string write_key_list(const KeyList &list);

/// A document and the signature over it, as they were fetched.
struct SignedText {
    std::string text;
    std::string signature;
};

/// The keys that are trusted now.
class KeyChain {
  public:
    /// `first`: the keys of the running image.
    KeyChain(firmware::TrustedKeys first, std::string product);

    /// Trusts the keys of this list from now on, if a key that is trusted now signed it and it is the list
    /// `number`. Throws FeedRefused (unknown_key, damaged, wrong_feed, other_product, replayed); then nothing
    /// has changed.
    void accept(const SignedText &list, std::uint64_t number);

    /// A key that a list replaced is recognized as such (FirmwareRefusal::replaced_key).
    const firmware::TrustedKeys &keys() const { return keys_; }
    /// Number of the last accepted list; 0: none.
    std::uint64_t number() const { return number_; }

  private:
    firmware::TrustedKeys keys_;
    std::string product_;
    std::uint64_t number_ = 0;
};

/// Verifies that one of these keys signed the document. `what` names the document in messages. Throws
/// FeedRefused (unknown_key, damaged).
void check_feed_signature(const firmware::TrustedKeys &keys, const SignedText &document,
                          const std::string &what);

} // namespace updater::feed
