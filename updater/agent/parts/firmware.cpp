#include "updater/agent/parts/firmware.hpp"

#include "updater/download/mirrored_source.hpp"

namespace updater::agent::parts {

namespace {

constexpr std::uint64_t mib = 1024UL * 1024;

std::optional<feed::FeedStore> feed_store_of(Machine &machine, const firmware::KeysNow &image_keys) {
    const auto &source = machine.appliance.firmware;
    if (source.feed_url.empty())
        return std::nullopt;
    return std::optional<feed::FeedStore>(
        std::in_place, machine.storage, machine.layout.feed, image_keys(),
        feed::FeedStore::Origin{source.feed_url, machine.appliance.product});
}

} // namespace

Firmware::Firmware(Machine &machine)
    : image_keys(firmware::keys_in(machine.appliance.firmware.trusted_keys)),
      feed_store(feed_store_of(machine, image_keys)),
      trusted_keys(feed_store ? firmware::KeysNow([this] { return feed_store->keys(); }) : image_keys),
      open_fetch([&machine] { return fetch::connect_to_update_fetch(machine.layout.fetch_socket); }),
      connection_now([&machine] {
          return available::connection_of(machine.storage, machine.appliance.firmware,
                                          machine.settings.read().settings.download);
      }),
      installation(
          machine.storage, machine.partition_finder,
          [this](const std::vector<std::string> &urls, bool known,
                 const phases::ImageInstallation::Report &report) { return open_urls(urls, known, report); },
          trusted_keys, machine.appliance,
          {.threads = machine.appliance.installation.threads,
           .checkpoint_bytes = machine.appliance.installation.checkpoint_mib * mib},
          pacer) {}

std::unique_ptr<firmware::ByteSource>
Firmware::open_urls(const std::vector<std::string> &urls, bool known,
                    const phases::ImageInstallation::Report &report) const {
    const auto open = [this, connection = download::share_of_time(connection_now(), urls.size()), known,
                       report](const std::string &url) {
        return std::make_unique<fetch::FetchedSource>(open_fetch,
                                                      fetch::FirmwareOrder{url, connection, known}, report);
    };
    return std::make_unique<download::MirroredSource>(urls, open, report);
}

} // namespace updater::agent::parts
