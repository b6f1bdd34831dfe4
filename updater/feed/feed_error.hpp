// Why a feed or a key list is refused: the error and its advice. Decides nothing.
#pragma once

#include "updater/refusal.hpp"

#include <string>

namespace updater::feed {

/// Why a feed or a key list is refused.
enum class FeedRefusal {
    unknown_key,        ///< not signed by a key that this appliance trusts
    damaged,            ///< the signature is damaged or belongs to another text
    wrong_feed,         ///< signed, but its contents break the rules of the format
    unsupported_format, ///< a format number that this updater does not read
    other_product,      ///< made for another product
    expired,            ///< past its date: somebody may be withholding newer feeds
    replayed,           ///< older than one that was accepted before
    from_the_future,    ///< issued later than now: the appliance's or the vendor's clock is wrong
};

/// "unknown_key" and so on, as used in logs.
std::string name_of(FeedRefusal kind);

/// `next_step()` follows from the kind. The feed and the keys that were accepted before stay in force.
class FeedRefused : public Refused {
  public:
    FeedRefused(FeedRefusal kind, const std::string &what_was_found);
    FeedRefusal kind() const { return kind_; }

  private:
    FeedRefusal kind_;
};

} // namespace updater::feed
