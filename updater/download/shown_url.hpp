// URLs in messages and logs.
#pragma once

#include <string>

namespace updater::download {

/// Without user name and password, and with *** instead of the query, which may be a secret, such as the
/// signature of a link made for one download.
std::string url_to_show(const std::string &url);

/// The host name in the URL.
std::string host_of(const std::string &url);

} // namespace updater::download
