// Keeps book of what is still missing, and of who has failed.
#include "updater/download/mirrored_source.hpp"

#include "updater/download/curl_failure.hpp"
#include "updater/firmware/firmware_error.hpp"

#include <algorithm>

namespace updater::download {

namespace {

/// So often it may go on with another mirror, and once more for each MiB that came: servers, or what talks to
/// them, that give a byte each and fail would otherwise go round for as long as there are bytes.
constexpr std::uint64_t max_changes = 100;
constexpr std::uint64_t bytes_worth_a_change = 1024UL * 1024;

/// What of the ranges has not been delivered. Sources deliver from front to back.
class Missing {
  public:
    explicit Missing(std::span<const firmware::ByteRange> ranges) : ranges_(ranges.begin(), ranges.end()) {}

    void came(const firmware::ByteRange &part) {
        while (ranges_[first_].end_bytes() <= part.offset_bytes)
            ++first_;
        ranges_[first_] = firmware::ByteRange::between(part.end_bytes(), ranges_[first_].end_bytes());
    }
    /// Not a copy: there may be many. One that is empty may be among them.
    std::span<const firmware::ByteRange> ranges() const { return std::span(ranges_).subspan(first_); }

  private:
    std::vector<firmware::ByteRange> ranges_;
    std::size_t first_ = 0;
};

} // namespace

MirroredSource::MirroredSource(const std::vector<std::string> &urls, Open open, Report report)
    : open_(std::move(open)), report_(std::move(report)) {
    mirrors_.reserve(urls.size());
    for (const std::string &url : urls)
        mirrors_.push_back({.url = url, .name = url_to_show(url), .source = nullptr});
}

void MirroredSource::read(std::span<const firmware::ByteRange> ranges, const Sink &sink,
                          const std::stop_token &stop) {
    failures_.clear();
    Missing missing(ranges);
    bool sink_threw = false; // what it throws is no failure of a mirror, whatever it is
    const Sink keeping_book = [&](std::uint64_t offset_bytes, std::span<const std::byte> bytes) {
        failures_.clear();
        sink_threw = true;
        sink(offset_bytes, bytes);
        sink_threw = false;
        missing.came({offset_bytes, bytes.size()});
        came_bytes_ += bytes.size();
    };
    for (;;) {
        try {
            // A copy: `missing` changes while it is read.
            const std::vector<firmware::ByteRange> now(missing.ranges().begin(), missing.ranges().end());
            present().read(now, keeping_book, stop);
            return;
        } catch (const DownloadFailed &failure) {
            if (sink_threw || mirrors_.size() == 1)
                throw;
            go_on_after({failure.what(), failure.kind()});
        } catch (const firmware::FirmwareDamaged &failure) {
            if (sink_threw || mirrors_.size() == 1)
                throw;
            go_on_after({failure.what(), std::nullopt});
        }
    }
}

firmware::ByteSource &MirroredSource::present() {
    Mirror &mirror = mirrors_[present_];
    if (!mirror.source) {
        auto opened = open_(mirror.url);
        const std::lock_guard lock(mutex_);
        mirror.source = std::move(opened);
    }
    return *mirror.source;
}

bool MirroredSource::take_another() {
    for (std::size_t step = 1; step < mirrors_.size(); ++step) {
        const std::size_t next = (present_ + step) % mirrors_.size();
        if (mirrors_[next].distrusted || failures_.contains(next))
            continue;
        present_ = next;
        return true;
    }
    return false;
}

void MirroredSource::go_on_after(const Failure &failure) {
    failures_[present_] = failure;
    const bool without_end = ++changes_ > max_changes + came_bytes_ / bytes_worth_a_change;
    if (without_end || !take_another())
        give_up();
    if (report_)
        report_(failure.reason + "; going on with " + name());
}

void MirroredSource::give_up() const {
    std::string text = "none of the " + std::to_string(mirrors_.size()) + " servers gave the whole firmware:";
    std::optional<DownloadFailure> kind;
    for (std::size_t number = 0; number < mirrors_.size(); ++number) {
        const auto failure = failures_.find(number);
        if (failure != failures_.end()) {
            text += "\n" + failure->second.reason;
            kind = failure->second.kind ? failure->second.kind : kind;
        } else if (mirrors_[number].distrusted) {
            text += "\n" + mirrors_[number].name + " sent what was not signed";
        } else {
            text += "\n" + mirrors_[number].name + " fails again and again after a few bytes";
        }
    }
    if (!kind)
        throw firmware::FirmwareDamaged(text);
    throw DownloadFailed(*kind, text);
}

std::uint64_t MirroredSource::fetched_bytes() const {
    const std::lock_guard lock(mutex_);
    std::uint64_t bytes = 0;
    for (const Mirror &mirror : mirrors_)
        bytes += mirror.source ? mirror.source->fetched_bytes() : 0;
    return bytes;
}

bool MirroredSource::distrust() {
    const std::size_t wrong = present_;
    failures_.clear();
    if (!take_another())
        return false;
    mirrors_[wrong].distrusted = true;
    return true;
}

const std::string &MirroredSource::name() const {
    return mirrors_[present_].name;
}

Connection share_of_time(Connection connection, std::size_t mirrors) {
    const auto share =
        std::max(connection.give_up_time / static_cast<std::int64_t>(mirrors), connection.stall_time);
    connection.give_up_time = std::min(connection.give_up_time, share);
    return connection;
}

} // namespace updater::download
