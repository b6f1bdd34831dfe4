// The last feed that was accepted, and the lists of keys, on the disk: what an appliance knows of firmware,
// also without a network and after a restart. Decides what is accepted; fetches nothing.
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

/// Clocks of appliances and vendors differ; a feed may be issued so far in the future.
inline constexpr std::chrono::hours clock_tolerance{24};

/// Firmware is signed by whoever may sign feeds: once a list of keys was accepted, a firmware signed by a key
/// that is not in it is refused, however it came here and also when it was downloaded before, because nothing
/// in it proves when it was signed: whoever stole the old key could make one with any date. The message says
/// so (FirmwareRefusal::replaced_key), and the vendor has the same firmware under the new key. A job that a
/// new list meets between phases 1 and 2 is taken back; from phase 3 on nobody asks for signatures any more.
///
/// Keeps in its folder feed-SERIAL.xml and keys-NUMBER.xml, each with its signature (.sig) beside it.
class FeedStore {
  public:
    struct Origin {
        std::string feed_url; ///< https; firmware may be named relative to it
        std::string product;  ///< of this appliance
    };

    /// Reads what `folder` holds; it is made when there is something to keep. `image_keys`: the keys that the
    /// running system brought with it. Lists of keys that neither they nor keys they lead to have signed are
    /// passed over: a newer system brings newer keys. Throws StorageError.
    FeedStore(partitions::Storage &storage, std::filesystem::path folder, firmware::TrustedKeys image_keys,
              Origin origin);

    /// The number of the next list of keys to look for on the server.
    std::uint64_t next_key_list() const { return last_key_list_ + 1; }
    /// Durable on return. Throws FeedRefused, and then nothing has changed; StorageError.
    void accept_key_list(const SignedText &list, std::uint64_t number);

    /// Accepts the lists from next_key_list() on, one after the other. Where the running system brought newer
    /// keys than the first of them, nothing can be said of those before; they are not needed, and passed over
    /// without a trace. That is so for lists that lead to a key that counts, and for those before a list that
    /// is accepted or leads there. Passing over gives nothing to whoever made such a list: no key counts
    /// because of it. Any other list that is refused ends it, those before it are kept. Throws as
    /// accept_key_list.
    void follow_key_lists(const std::vector<SignedText> &lists);

    /// Checks signature, product, dates and serial, and keeps the feed. True if it is another one than
    /// before. Durable on return. Throws FeedRefused, and then nothing has changed; StorageError.
    bool accept_feed(const SignedText &feed, std::chrono::system_clock::time_point now);

    /// The feed that was accepted last, also when it has expired since; nothing before the first.
    const std::optional<Feed> &feed() const { return feed_; }
    /// Who may sign feeds and firmware at present. Alone among these functions it may be called from any
    /// thread at any time.
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
    mutable std::mutex chain_mutex_; ///< for changing it, and for looking at it from outside
    KeyChain chain_;
    std::uint64_t last_key_list_ = 0; ///< the highest number that is kept
    std::uint64_t last_serial_ = 0;   ///< the highest that was accepted, also if its text is damaged since
    std::string feed_text_;
    std::optional<Feed> feed_;
};

} // namespace updater::feed
