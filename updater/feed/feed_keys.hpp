// Who may sign feeds and firmware, and how that changes: a chain of key lists, each signed by a key of the
// one before. Knows no network and no disk.
#pragma once

#include "updater/firmware/trusted_keys.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace updater::feed {

/// A list of keys as the vendor publishes it, `keys-NUMBER.xml`: from now on exactly these certificates
/// count.
struct KeyList {
    std::string product;
    std::uint64_t number = 0;              ///< rises by one from list to list, from 1
    std::vector<std::string> certificates; ///< PEM, one each

    bool operator==(const KeyList &) const = default;
};

/// Longest key list that is read, and how many of them there can be.
inline constexpr std::size_t max_key_list_bytes = 256UL * 1024;
inline constexpr std::uint64_t max_key_lists = 1000;

/// Throws FeedRefused (wrong_feed, unsupported_format). Only for text whose signature was checked.
KeyList parse_key_list(std::string_view xml);
/// What parse_key_list reads back to the same.
std::string write_key_list(const KeyList &list);

/// A document and the signature over it, as they were fetched.
struct SignedText {
    std::string text;
    std::string signature;
};

/// The keys that count at present.
class KeyChain {
  public:
    /// `first`: what the running system brought with it.
    KeyChain(firmware::TrustedKeys first, std::string product);

    /// Goes over to this list, if a key that counts at present signed it and it is the list `number`. Throws
    /// FeedRefused (unknown_key, damaged, wrong_feed, other_product, replayed), and then nothing has changed.
    void accept(const SignedText &list, std::uint64_t number);

    /// A key that a list has replaced is known to them as such (FirmwareRefusal::replaced_key).
    const firmware::TrustedKeys &keys() const { return keys_; }
    /// Of the last list that was accepted, 0 for none.
    std::uint64_t number() const { return number_; }

  private:
    firmware::TrustedKeys keys_;
    std::string product_;
    std::uint64_t number_ = 0;
};

/// Checks the signature by one of these keys. `what` it is over stands in the message. Throws FeedRefused
/// (unknown_key, damaged).
void check_feed_signature(const firmware::TrustedKeys &keys, const SignedText &document,
                          const std::string &what);

} // namespace updater::feed
