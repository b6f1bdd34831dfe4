// Making the documents of a published folder: the feed, and lists of keys.
#pragma once

#include "image/feed-tool/options.hpp"
#include "updater/feed/feed.hpp"

#include <chrono>

namespace feed_tool {

/// Writes feed.xml and feed.xml.sig and returns what they say. Each firmware is read with the command's
/// certificate and those of the last list of keys in the folder: what an appliance would refuse is not
/// published. Throws updater::Refused, updater::firmware::FirmwareDamaged, std::runtime_error.
updater::feed::Feed publish(const PublishCommand &command, std::chrono::sys_seconds now);

/// Writes keys-NUMBER.xml and its signature; returns the file. Throws std::runtime_error, also when there is
/// a list of keys in the folder already and the command's certificate is not in the last one.
std::filesystem::path rotate(const RotateCommand &command);

} // namespace feed_tool
