// Keeps track of the ranges that are still missing and of the mirrors that have failed.
#include "updater/download/mirrored_source.hpp"

#include "updater/download/shown_url.hpp"
#include "updater/firmware/firmware_error.hpp"

#include <algorithm>

namespace updater::download {

namespace {

/// Bounds the changes of the mirror: this many, and one more for each MiB that arrived. Otherwise mirrors
/// that each deliver one byte and fail would take turns until the whole file has arrived.
constexpr std::uint64_t max_changes = 100;
constexpr std::uint64_t bytes_worth_a_change = 1024UL * 1024;

/// The ranges that have not been delivered yet. Sources deliver front to back.
class Missing {
  public:
    explicit Missing(std::span<const firmware::ByteRange> ranges) : ranges_(ranges.begin(), ranges.end()) {}

    void delivered(const firmware::ByteRange &part) {
        while (ranges_[first_].end_bytes() <= part.offset_bytes)
            ++first_;
        ranges_[first_] = firmware::ByteRange::between(part.end_bytes(), ranges_[first_].end_bytes());
    }
    /// A view: there may be many. One that is empty may be among them.
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
    bool sink_threw = false; // then an exception is not the failure of a mirror
    const Sink counting = [&](std::uint64_t offset_bytes, std::span<const std::byte> bytes) {
        failures_.clear();
        sink_threw = true;
        sink(offset_bytes, bytes);
        sink_threw = false;
        missing.delivered({offset_bytes, bytes.size()});
        arrived_bytes_ += bytes.size();
    };
    for (;;) {
        try {
            // A copy: `missing` changes while it is read.
            const std::vector<firmware::ByteRange> now(missing.ranges().begin(), missing.ranges().end());
            current().read(now, counting, stop);
            return;
        } catch (const DownloadFailed &failure) {
            if (sink_threw || mirrors_.size() == 1)
                throw;
            continue_after({failure.what(), failure.kind()});
        } catch (const firmware::FirmwareDamaged &failure) {
            if (sink_threw || mirrors_.size() == 1)
                throw;
            continue_after({failure.what(), std::nullopt});
        }
    }
}

firmware::ByteSource &MirroredSource::current() {
    Mirror &mirror = mirrors_[current_];
    if (!mirror.source) {
        auto opened = open_(mirror.url);
        const std::lock_guard lock(mutex_);
        mirror.source = std::move(opened);
    }
    return *mirror.source;
}

bool MirroredSource::take_another() {
    for (std::size_t step = 1; step < mirrors_.size(); ++step) {
        const std::size_t next = (current_ + step) % mirrors_.size();
        if (mirrors_[next].distrusted || failures_.contains(next))
            continue;
        current_ = next;
        return true;
    }
    return false;
}

void MirroredSource::continue_after(const Failure &failure) {
    failures_[current_] = failure;
    const bool without_end = ++changes_ > max_changes + arrived_bytes_ / bytes_worth_a_change;
    if (without_end || !take_another())
        give_up();
    if (report_)
        report_(failure.reason + "; continuing with " + name());
}

void MirroredSource::give_up() const {
    std::string text =
        "none of the " + std::to_string(mirrors_.size()) + " servers delivered the whole firmware:";
    std::optional<DownloadFailure> kind;
    for (std::size_t number = 0; number < mirrors_.size(); ++number) {
        const auto failure = failures_.find(number);
        if (failure != failures_.end()) {
            text += "\n" + failure->second.reason;
            kind = failure->second.kind ? failure->second.kind : kind;
        } else if (mirrors_[number].distrusted) {
            text += "\n" + mirrors_[number].name + " sent data that was not signed";
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
    const std::size_t wrong = current_;
    failures_.clear();
    if (!take_another())
        return false;
    mirrors_[wrong].distrusted = true;
    return true;
}

const std::string &MirroredSource::name() const {
    return mirrors_[current_].name;
}

Connection share_of_time(Connection connection, std::size_t mirrors) {
    const auto share =
        std::max(connection.give_up_time / static_cast<std::int64_t>(mirrors), connection.stall_time);
    connection.give_up_time = std::min(connection.give_up_time, share);
    return connection;
}

} // namespace updater::download
