// The ways in which a feed is turned down. Holds the error and its advice, no decision.
#pragma once

#include "updater/refusal.hpp"

#include <string>

namespace updater::feed {

/// Why a feed, or a list of keys, is refused.
enum class FeedRefusal {
    unknown_key,        ///< signed by nobody whom this appliance trusts
    damaged,            ///< the signature is not intact, or belongs to something else
    wrong_feed,         ///< signed, but its contents break the rules of the format
    unsupported_format, ///< a format number that this updater does not read
    other_product,      ///< made for another product
    expired,            ///< too old: somebody may be withholding the newer ones
    replayed,           ///< older than one that was seen before
    from_the_future,    ///< the appliance's clock is wrong, or the vendor's was
};

/// "unknown_key" and so on, as used in logs.
std::string name_of(FeedRefusal kind);

/// `next_step()` comes from the kind. What the appliance knew before still holds.
class FeedRefused : public Refused {
  public:
    FeedRefused(FeedRefusal kind, const std::string &what_was_found);
    FeedRefusal kind() const { return kind_; }

  private:
    FeedRefusal kind_;
};

} // namespace updater::feed
