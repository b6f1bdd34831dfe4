// How the feed and the key lists are read as XML. Internal to this folder.
#pragma once

#include "updater/feed/feed_error.hpp"
#include "updater/xml/document.hpp"

#include <string_view>

namespace updater::feed {

/// As xml::read_document(). Throws FeedRefused (wrong_feed, unsupported_format).
template <typename Read>
auto read_signed_document(std::string_view text, const xml::DocumentKind &kind, const Read &read) {
    try {
        return xml::read_document(text, kind, read);
    } catch (const xml::DocumentError &error) {
        throw FeedRefused(error.fault() == xml::Fault::unsupported_format ? FeedRefusal::unsupported_format
                                                                          : FeedRefusal::wrong_feed,
                          error.what());
    }
}

} // namespace updater::feed
