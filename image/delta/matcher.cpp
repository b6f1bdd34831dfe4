// The new file is read once. While it agrees with the old one along the current alignment nothing is
// searched. Where it does not, the longest match anywhere in the old file is looked up, and the alignment
// changes if that match covers clearly more of the next bytes than the current alignment.
#include "image/delta/matcher.hpp"

#include "image/delta/suffix_array.hpp"

#include <algorithm>

namespace delta {

namespace {

/// A new alignment costs a few bytes in the record: this many more bytes must agree to make up for it.
constexpr std::size_t min_gain_bytes = 12;
/// In bytes that resemble nothing, fewer and fewer positions are tried: down to one in this many.
constexpr std::size_t max_step_bytes = 8;
constexpr std::size_t tries_before_longer_steps = 256;

} // namespace

/// From `new_offset` on new and old are taken to run in parallel.
struct Alignment {
    std::size_t new_offset = 0;
    std::size_t old_offset = 0;
};

class Matcher::Matching {
  public:
    Matching(std::span<const std::byte> old_bytes, const SuffixArray &suffixes,
             std::span<const std::byte> new_bytes, std::size_t begin, std::size_t end)
        : old_(old_bytes), new_(new_bytes.first(end)), suffixes_(suffixes), current_{begin, begin},
          begun_(begin) {}

    std::vector<Resemblance> run() {
        std::size_t at = begun_;
        std::size_t tries = 0;
        while (at < new_.size()) {
            const std::size_t along = agreeing_along(at);
            if (along >= min_gain_bytes) {
                at += along;
                tries = 0;
                continue;
            }
            const SuffixArray::Match found = suffixes_.longest(new_.subspan(at));
            if (found.length >= min_gain_bytes + count_along(at, found.length)) {
                change_alignment({at, found.offset});
                at += found.length;
                tries = 0;
                continue;
            }
            // Bytes that agree along the alignment need no search.
            at += along + std::min(max_step_bytes, 1 + tries++ / tries_before_longer_steps);
        }
        close(new_.size(), nullptr);
        return std::move(result_);
    }

  private:
    std::size_t old_place(std::size_t at) const { return at - current_.new_offset + current_.old_offset; }

    std::size_t agreeing_along(std::size_t at) const {
        const std::size_t place = old_place(at);
        return place < old_.size() ? agreeing(new_.subspan(at), old_.subspan(place), SIZE_MAX) : 0;
    }

    /// How many of the next bytes also agree along the current alignment.
    std::size_t count_along(std::size_t at, std::size_t length) const {
        const std::size_t place = old_place(at);
        std::size_t count = 0;
        for (std::size_t index = 0; index < length && place + index < old_.size(); ++index)
            count += new_[at + index] == old_[place + index] ? std::size_t{1} : 0;
        return count;
    }

    void change_alignment(const Alignment &next) { close(next.new_offset, &next); }

    /// Ends the current alignment before `end` and lets the next one reach back as far as it agrees.
    void close(std::size_t end, const Alignment *next) {
        const std::size_t room = end - begun_;
        std::size_t forward = reach_forward(room);
        std::size_t backward = next ? reach_backward(*next, room) : 0;
        if (forward + backward > room) {
            const std::size_t cut = best_cut(*next, room - backward, forward);
            forward = cut;
            backward = room - cut;
        }
        emit(forward, old_place(begun_));
        emit(room - forward - backward, Resemblance::nothing);
        begun_ = end - backward;
        if (next)
            current_ = *next;
    }

    /// The length for which agreeing bytes outnumber the others most.
    template <class Agrees> static std::size_t best_reach(std::size_t max, Agrees agrees) {
        std::ptrdiff_t score = 0;
        std::ptrdiff_t best = 0;
        std::size_t reach = 0;
        for (std::size_t length = 1; length <= max; ++length) {
            score += agrees(length) ? 1 : -1;
            if (score > best) {
                best = score;
                reach = length;
            }
        }
        return reach;
    }

    std::size_t reach_forward(std::size_t room) const {
        const std::size_t place = old_place(begun_);
        const std::size_t max = place < old_.size() ? std::min(room, old_.size() - place) : 0;
        return best_reach(
            max, [&](std::size_t length) { return new_[begun_ + length - 1] == old_[place + length - 1]; });
    }

    std::size_t reach_backward(const Alignment &next, std::size_t room) const {
        return best_reach(std::min(room, next.old_offset), [&](std::size_t length) {
            return new_[next.new_offset - length] == old_[next.old_offset - length];
        });
    }

    /// In the range of both alignments, the cut after which the next one agrees better.
    std::size_t best_cut(const Alignment &next, std::size_t min, std::size_t max) const {
        std::ptrdiff_t score = 0;
        std::ptrdiff_t best = 0;
        std::size_t cut = min;
        for (std::size_t at = min; at < max; ++at) {
            const std::size_t new_place = begun_ + at;
            const bool here = new_[new_place] == old_[old_place(new_place)];
            const bool there = new_[new_place] == old_[next.old_offset - (next.new_offset - new_place)];
            score += static_cast<int>(here) - static_cast<int>(there);
            if (score > best) {
                best = score;
                cut = at + 1;
            }
        }
        return cut;
    }

    void emit(std::size_t length, std::uint64_t old_offset) {
        if (length > 0)
            result_.push_back({length, old_offset});
    }

    std::span<const std::byte> old_;
    std::span<const std::byte> new_;
    const SuffixArray &suffixes_;
    Alignment current_;
    std::size_t begun_; ///< of the new file, all before is in the result
    std::vector<Resemblance> result_;
};

Matcher::Matcher(std::span<const std::byte> old_bytes)
    : old_(old_bytes), suffixes_(std::make_unique<const SuffixArray>(old_bytes)) {}

Matcher::~Matcher() = default;

std::vector<Resemblance> Matcher::match(std::span<const std::byte> new_bytes, std::size_t begin,
                                        std::size_t end) const {
    if (begin == end)
        return {};
    if (old_.empty())
        return {{end - begin, Resemblance::nothing}};
    return Matching(old_, *suffixes_, new_bytes, begin, end).run();
}

} // namespace delta
