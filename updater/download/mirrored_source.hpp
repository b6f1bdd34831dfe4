// The same file on several servers, as one source of bytes. Does not look at what it fetches.
#pragma once

#include "updater/download/connection.hpp"
#include "updater/download/download_failed.hpp"
#include "updater/firmware/byte_source.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace updater::download {

/// Reads from one mirror until it fails, then continues with the next one from the byte where it failed; the
/// first mirror follows the last. Gives up when all have failed since the last byte arrived, and when they
/// fail again and again after a few bytes each.
class MirroredSource : public firmware::ByteSource {
  public:
    using Open = std::function<std::unique_ptr<firmware::ByteSource>(const std::string &url)>;
    /// Called with one line for people for each change of the mirror.
    using Report = std::function<void(const std::string &line)>;

    /// `urls` is not empty. `open` is called when a mirror is used for the first time; it may throw
    /// DownloadFailed.
    MirroredSource(const std::vector<std::string> &urls, Open open, Report report);

    /// As ByteSource. The message of DownloadFailed has a line for each mirror. FirmwareDamaged: the file is
    /// too short on all of them.
    void read(std::span<const firmware::ByteRange> ranges, const Sink &sink,
              const std::stop_token &stop) override;
    /// From all mirrors together.
    std::uint64_t fetched_bytes() const override;
    /// False, without any change, if no other mirror is left.
    bool distrust() override;
    /// That of the current mirror.
    const std::string &name() const override;

  private:
    struct Mirror {
        std::string url;
        std::string name;
        std::unique_ptr<firmware::ByteSource> source;
        bool distrusted = false;
    };
    struct Failure {
        std::string reason;
        std::optional<DownloadFailure> kind; ///< none: the file is too short on that mirror
    };

    firmware::ByteSource &current();
    bool take_another();
    void continue_after(const Failure &failure);
    [[noreturn]] void give_up() const;

    Open open_;
    Report report_;
    mutable std::mutex mutex_; ///< guards `source` of the mirrors, which fetched_bytes() reads
    std::vector<Mirror> mirrors_;
    std::atomic<std::size_t> current_ = 0;
    std::map<std::size_t, Failure> failures_; ///< since the last byte arrived, by mirror
    std::uint64_t arrived_bytes_ = 0;
    std::uint64_t changes_ = 0; ///< of the mirror, because of failures
};

/// The connection settings for one of `mirrors` servers: give_up_time is divided among them, but is at least
/// stall_time.
Connection share_of_time(Connection connection, std::size_t mirrors);

} // namespace updater::download
