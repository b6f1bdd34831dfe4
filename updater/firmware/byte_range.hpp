// A range of bytes in a file, and the arithmetic of such ranges. No input or output.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace updater::firmware {

struct ByteRange {
    std::uint64_t offset_bytes = 0;
    std::uint64_t length_bytes = 0;

    /// The range from `begin_bytes` up to `end_bytes`, which is not before it.
    static constexpr ByteRange between(std::uint64_t begin_bytes, std::uint64_t end_bytes) {
        return {begin_bytes, end_bytes - begin_bytes};
    }

    /// Offset of the first byte behind the range.
    constexpr std::uint64_t end_bytes() const { return offset_bytes + length_bytes; }
    constexpr bool empty() const { return length_bytes == 0; }
    /// The range without its first `bytes`; it has at least that many.
    constexpr ByteRange without_first(std::uint64_t bytes) const {
        return {offset_bytes + bytes, length_bytes - bytes};
    }

    bool operator==(const ByteRange &) const = default;
};

/// What lies in both; empty if nothing does.
constexpr ByteRange overlap(const ByteRange &one, const ByteRange &other) {
    const std::uint64_t begin = std::max(one.offset_bytes, other.offset_bytes);
    return ByteRange::between(begin, std::max(begin, std::min(one.end_bytes(), other.end_bytes())));
}

/// The shortest range that contains both.
constexpr ByteRange cover(const ByteRange &one, const ByteRange &other) {
    return ByteRange::between(std::min(one.offset_bytes, other.offset_bytes),
                              std::max(one.end_bytes(), other.end_bytes()));
}

/// Appends `range`, or extends the last range up to its end if at most `max_gap_bytes` lie between the two.
void append(std::vector<ByteRange> &ranges, const ByteRange &range, std::uint64_t max_gap_bytes = 0);

std::uint64_t total_bytes(std::span<const ByteRange> ranges);

/// A position that moves forward through ascending ranges that do not overlap. Skips empty ranges.
class RangeCursor {
  public:
    /// Starts at the first byte. The ranges outlive the cursor.
    explicit RangeCursor(std::span<const ByteRange> ranges) : ranges_(ranges) { advance_to(0); }

    /// True when no range is left.
    bool at_end() const { return ranges_.empty(); }
    /// The range at the position, from the position on; never empty. Not to be called at the end.
    ByteRange current() const { return ByteRange::between(position_bytes_, ranges_.front().end_bytes()); }

    /// Moves to the first byte of a range that is not before `offset_bytes`. Never moves back.
    void advance_to(std::uint64_t offset_bytes);

  private:
    std::span<const ByteRange> ranges_; ///< those that do not end before the position
    std::uint64_t position_bytes_ = 0;
};

} // namespace updater::firmware
