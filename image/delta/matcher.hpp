// Finds which parts of a new file resemble which parts of an old one. Knows nothing of images and records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace delta {

class SuffixArray;

/// A range of the new file; together they cover it from front to back.
struct Resemblance {
    static constexpr std::uint64_t nothing = UINT64_MAX;
    std::uint64_t length_bytes = 0;
    std::uint64_t old_offset_bytes =
        nothing; ///< where the old file has a similar range; many bytes may differ
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

    /// The resemblances of this part of the new file. Thread-safe.
    std::vector<Resemblance> match(std::span<const std::byte> new_bytes, std::size_t begin,
                                   std::size_t end) const;

  private:
    class Matching;

    std::span<const std::byte> old_;
    std::unique_ptr<const SuffixArray> suffixes_;
};

} // namespace delta
