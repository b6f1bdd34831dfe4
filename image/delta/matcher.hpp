// What of a new file resembles which part of an old one. Knows nothing of images and records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace delta {

/// A stretch of the new file; together they cover it front to back.
struct Resemblance {
    static constexpr std::uint64_t nothing = UINT64_MAX;
    std::uint64_t length_bytes = 0;
    std::uint64_t old_offset_bytes =
        nothing; ///< where the old file has the like of it; many bytes may differ
};

/// Finds, with a suffix array of the old file, alignments of new to old in which most bytes agree: code whose
/// addresses changed keeps its alignment although every few bytes differ. Memory: five times the old file.
class Matcher {
  public:
    /// The old file is shorter than 2 GiB and outlives this object.
    explicit Matcher(std::span<const std::byte> old_bytes);
    ~Matcher();
    Matcher(const Matcher &) = delete;
    Matcher &operator=(const Matcher &) = delete;

    /// What this part of the new file resembles. For several threads at once.
    std::vector<Resemblance> match(std::span<const std::byte> new_bytes, std::size_t begin,
                                   std::size_t end) const;

  private:
    class SuffixArray;
    class Matching;

    std::span<const std::byte> old_;
    std::unique_ptr<SuffixArray> suffixes_;
};

} // namespace delta
