// Fetching the documents of a feed into a folder. Looks into none of them: they are checked by whoever may
// act on them.
#pragma once

#include "updater/download/downloader.hpp"
#include "updater/feed/feed_names.hpp"
#include "updater/fetch/feed_request.hpp"

#include <filesystem>
#include <stop_token>

namespace updater {

/// Empties the folder, then fetches the feed and, from the first one asked for on, all lists of keys there
/// are; the last list is the one before the first that the server does not have. Throws DownloadFailed,
/// StorageError, Cancelled; the folder then holds no feed.
void fetch_feed_files(Fetcher &fetcher, const FeedRequest &request, const std::filesystem::path &folder,
                      const std::stop_token &stop);

} // namespace updater
