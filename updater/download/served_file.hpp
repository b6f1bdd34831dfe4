// What a server has shown about the file at one URL: which file it is, whether parts of it can be requested,
// and where its redirects lead. Sends nothing. Internal to this folder.
#pragma once

#include "updater/download/download_failed.hpp"
#include "updater/download/range_request.hpp"
#include "updater/firmware/firmware_error.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace updater::download {

class ServedFile {
  public:
    enum class Ranges {
        unknown,
        supported,
        refused, ///< the server sends whole files only
    };

    explicit ServedFile(std::string url);

    const std::string &url() const { return url_; }
    /// The URL for messages, without its secrets.
    const std::string &name() const { return name_; }

    /// Where to send the next request.
    const std::string &request_url() const { return shortcut_.empty() ? url_ : shortcut_; }
    /// Whether that is where earlier redirects led to.
    bool has_shortcut() const { return !shortcut_.empty(); }
    void forget_shortcut() { shortcut_.clear(); }

    Ranges ranges() const { return ranges_; }
    void set_ranges(Ranges ranges) { ranges_ = ranges; }
    /// The server has answered a request before.
    bool answered() const { return identity_.has_value(); }

    /// Compares an answer with those before it, and learns from it. Throws DownloadFailed
    /// (replaced_on_server); FirmwareDamaged if the file ends before the range does.
    void check(const RangeRequest &request, const FileIdentity &found);
    /// The server says that there is nothing at `offset_bytes`. Throws as check().
    [[noreturn]] void refuse_end(std::uint64_t offset_bytes) const;

    DownloadFailed failure(DownloadFailure kind, const std::string &text) const;

  private:
    void learn_shortcut(const RangeRequest &request);
    DownloadFailed replaced() const;
    firmware::FirmwareDamaged too_short(std::uint64_t length_bytes) const;

    std::string url_;
    std::string name_;
    std::string shortcut_; ///< where the URL's redirects lead to; empty if there are none
    std::optional<FileIdentity> identity_;
    Ranges ranges_ = Ranges::unknown;
};

} // namespace updater::download
