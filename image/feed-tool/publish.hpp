// Writes the documents of a published folder: the feed and key lists.
#pragma once

#include "image/feed-tool/options.hpp"
#include "updater/feed/feed.hpp"

#include <chrono>

namespace feed_tool {

/// Writes feed.xml and feed.xml.sig and returns the feed. Each firmware is verified with the certificates of
/// the last key list in the folder, or before the first with the command's: what an appliance would refuse is
/// not published. Throws updater::Refused, updater::firmware::FirmwareDamaged, std::runtime_error.
updater::feed::Feed publish(const PublishCommand &command, std::chrono::sys_seconds now);

/// Writes keys-NUMBER.xml and its signature; returns the file. Throws std::runtime_error, also when the
/// folder has a key list and the command's certificate is not in the last one.
std::filesystem::path rotate(const RotateCommand &command);

} // namespace feed_tool
