// The last accepted feed and the key lists, on the disk: they are available without a network and after a
// restart. Decides what is accepted; fetches nothing.
#pragma once

#include "partitions/storage.hpp"
#include "updater/feed/feed.hpp"
#include "updater/feed/feed_keys.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace updater::feed {

/// A feed may be issued this far in the future, because clocks of appliances and vendors differ.
inline constexpr std::chrono::hours clock_tolerance{24};

/// The same keys sign feeds and firmware. After a key list is accepted, firmware signed by a key outside this
/// list is refused (FirmwareRefusal::replaced_key), wherever it came from and even if it is already
/// downloaded: nothing in a firmware proves when it was signed, so a thief of the old key could give it any
/// date. The vendor offers the same firmware signed by the new key. If a new list is accepted between phases
/// 1 and 2, the job is rolled back; from phase 3 on no signature is verified any more.
///
/// The folder holds feed-SERIAL.xml and keys-NUMBER.xml, each with its signature (.sig) beside it.
class FeedStore {
  public:
    struct Origin {
        std::string feed_url; ///< https; URLs of firmware may be relative to it
        std::string product;  ///< of this appliance
    };

    /// Reads the documents in `folder`, which is created when the first one is stored. `image_keys`: the keys
    /// of the running image. Key lists that no trusted key signed are skipped, because a newer image brings
    /// newer keys. Throws StorageError.
    FeedStore(partitions::Storage &storage, std::filesystem::path folder, firmware::TrustedKeys image_keys,
              Origin origin);

    /// The number of the next key list to fetch.
    std::uint64_t next_key_list() const { return last_key_list_ + 1; }
    /// Durable on return. Throws FeedRefused, then nothing has changed; StorageError.
    void accept_key_list(const SignedText &list, std::uint64_t number);

    /// Accepts the lists from next_key_list() on, one after the other. If the image has newer keys than the
    /// first of these lists, the signatures of the older lists cannot be verified. Such lists are skipped: a
    /// list that names a trusted certificate, and every list before one that is accepted or names one.
    /// Skipping a list never makes a key trusted. Any other refused list ends the chain; the lists before it
    /// are kept. Throws as accept_key_list().
    void follow_key_lists(const std::vector<SignedText> &lists);

    /// Verifies signature, product, dates and serial, and stores the feed. Returns whether it differs from
    /// the one before. Durable on return. Throws FeedRefused, then nothing has changed; StorageError.
    bool accept_feed(const SignedText &feed, std::chrono::system_clock::time_point now);

    /// The last accepted feed, even if it has expired since; nothing before the first.
    const std::optional<Feed> &feed() const { return feed_; }
    /// The keys that may sign feeds and firmware now. Only this function may be called from any thread at any
    /// time.
    firmware::TrustedKeys keys() const;

  private:
    void check_feed(const Feed &feed, const std::string &text,
                    std::chrono::system_clock::time_point now) const;
    void read_key_lists();
    void read_feed();
    std::optional<SignedText> read_signed(const std::string &name, std::size_t max_bytes);
    void keep(const std::string &name, const SignedText &document);
    void remove_feeds_before(std::uint64_t serial);

    partitions::Storage &storage_;
    std::filesystem::path folder_;
    Origin origin_;
    mutable std::mutex chain_mutex_; ///< protects chain_ against keys() in other threads
    KeyChain chain_;
    std::uint64_t last_key_list_ = 0; ///< highest number on the disk
    std::uint64_t last_serial_ = 0;   ///< highest accepted, even if its text is damaged since
    std::string feed_text_;
    std::optional<Feed> feed_;
};

} // namespace updater::feed
