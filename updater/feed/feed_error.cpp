#include "updater/feed/feed_error.hpp"

namespace updater::feed {

namespace {

std::string next_step_for(FeedRefusal kind) {
    const std::string nothing_changed =
        "Nothing was changed; the feed and the keys from before stay in force. ";
    switch (kind) {
    case FeedRefusal::unknown_key:
        return nothing_changed + "Ask the vendor whether its signing key was replaced; if not, do not trust "
                                 "this server.";
    case FeedRefusal::damaged:
        return nothing_changed + "The next check fetches it again; if the error comes back, tell the vendor.";
    case FeedRefusal::wrong_feed:
    case FeedRefusal::other_product:
        return nothing_changed + "Tell the vendor.";
    case FeedRefusal::unsupported_format:
        return nothing_changed + "Ask the vendor for a firmware file for this version and install it with: "
                                 "update-control -i fw PATH";
    case FeedRefusal::expired:
        return nothing_changed +
               "Verify the appliance's clock (timedatectl); if it is right, ask the vendor why the feed is "
               "not renewed.";
    case FeedRefusal::replayed:
        return nothing_changed +
               "The server, or something between it and the appliance, sends old documents; if the error "
               "comes back, tell the vendor.";
    case FeedRefusal::from_the_future:
        return nothing_changed + "Verify the appliance's clock (timedatectl).";
    }
    return nothing_changed;
}

messages::Code code_for(FeedRefusal kind) {
    switch (kind) {
    case FeedRefusal::unknown_key:
        return messages::Code::feed_key_unknown;
    case FeedRefusal::damaged:
        return messages::Code::feed_damaged;
    case FeedRefusal::wrong_feed:
        return messages::Code::feed_wrong;
    case FeedRefusal::unsupported_format:
        return messages::Code::feed_format_unsupported;
    case FeedRefusal::other_product:
        return messages::Code::feed_of_other_product;
    case FeedRefusal::expired:
        return messages::Code::feed_expired;
    case FeedRefusal::replayed:
        return messages::Code::feed_replayed;
    case FeedRefusal::from_the_future:
        return messages::Code::feed_from_the_future;
    }
    throw std::logic_error("unknown kind of feed refusal");
}

} // namespace

std::string name_of(FeedRefusal kind) {
    switch (kind) {
    case FeedRefusal::unknown_key:
        return "unknown_key";
    case FeedRefusal::damaged:
        return "damaged";
    case FeedRefusal::wrong_feed:
        return "wrong_feed";
    case FeedRefusal::unsupported_format:
        return "unsupported_format";
    case FeedRefusal::other_product:
        return "other_product";
    case FeedRefusal::expired:
        return "expired";
    case FeedRefusal::replayed:
        return "replayed";
    case FeedRefusal::from_the_future:
        return "from_the_future";
    }
    return "unknown";
}

FeedRefused::FeedRefused(FeedRefusal kind, const std::string &what_was_found)
    : Refused(what_was_found, next_step_for(kind), code_for(kind)), kind_(kind) {}

} // namespace updater::feed
