// Where firmware comes from, and which keys are trusted: the vendor's feed, the servers, the installation
// into the other slot.
#pragma once

#include "updater/agent/parts/machine.hpp"
#include "updater/available/connection_settings.hpp"
#include "updater/available/fetched_feed.hpp"
#include "updater/feed/feed_store.hpp"
#include "updater/fetch/fetch_client.hpp"
#include "updater/pacing/pacer.hpp"
#include "updater/phases/image_installation.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace updater::agent::parts {

struct Firmware {
    /// `machine` outlives this object.
    explicit Firmware(Machine &machine);
    Firmware(const Firmware &) = delete;
    Firmware &operator=(const Firmware &) = delete;

    firmware::KeysNow image_keys;
    std::optional<feed::FeedStore> feed_store; ///< nothing: no feed is configured
    firmware::KeysNow trusted_keys;
    fetch::OpenConversation open_fetch;
    available::ConnectionNow connection_now;
    pacing::Pacer pacer{0};
    phases::ImageInstallation installation;

  private:
    std::unique_ptr<firmware::ByteSource> open_urls(const std::vector<std::string> &urls, bool known,
                                                    const phases::ImageInstallation::Report &report) const;
};

} // namespace updater::agent::parts
