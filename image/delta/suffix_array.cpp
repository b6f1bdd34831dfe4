// libdivsufsort sorts; a table of the first two bytes shortens the search.
#include "image/delta/suffix_array.hpp"

#include <algorithm>
#include <divsufsort.h>
#include <new>
#include <stdexcept>
#include <type_traits>

namespace delta {

namespace {

static_assert(std::is_same_v<saidx_t, std::int32_t>);

/// The matcher finds longer ones by comparing along the alignment.
constexpr std::size_t max_match_bytes = 256;

std::size_t pair_at(std::span<const std::byte> bytes, std::size_t at) {
    return std::to_integer<std::size_t>(bytes[at]) << 8U | std::to_integer<std::size_t>(bytes[at + 1]);
}

} // namespace

std::size_t agreeing(std::span<const std::byte> left, std::span<const std::byte> right, std::size_t max) {
    const std::size_t length = std::min({left.size(), right.size(), max});
    return static_cast<std::size_t>(
        std::mismatch(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(length), right.begin()).first -
        left.begin());
}

SuffixArray::SuffixArray(std::span<const std::byte> bytes) : bytes_(bytes), order_(bytes.size()) {
    if (bytes.size() > INT32_MAX)
        throw std::runtime_error("a file of 2 GiB or more cannot be matched");
    if (!bytes.empty() && divsufsort(reinterpret_cast<const sauchar_t *>(bytes.data()), order_.data(),
                                     static_cast<saidx_t>(bytes.size())) != 0)
        throw std::bad_alloc();
    for (std::size_t at = 0; at + 1 < bytes.size(); ++at)
        ++begin_[pair_at(bytes, at) + 1];
    // A suffix of one byte stands before all longer ones that begin with it.
    if (!bytes.empty())
        ++begin_[(std::to_integer<std::size_t>(bytes.back()) << 8U) + 1];
    for (std::size_t pair = 1; pair < begin_.size(); ++pair)
        begin_[pair] += begin_[pair - 1];
}

SuffixArray::Match SuffixArray::longest(std::span<const std::byte> wanted) const {
    if (wanted.size() < 2 || bytes_.empty())
        return {};
    const std::size_t pair = pair_at(wanted, 0);
    std::size_t low = begin_[pair];
    std::size_t high = begin_[pair + 1];
    Match best;
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        const auto offset = static_cast<std::size_t>(order_[middle]);
        const auto suffix = bytes_.subspan(offset);
        const std::size_t length = agreeing(suffix, wanted, max_match_bytes);
        if (length > best.length)
            best = {offset, length};
        if (length == max_match_bytes || length == wanted.size())
            break;
        if (length == suffix.size() || suffix[length] < wanted[length])
            low = middle + 1;
        else
            high = middle;
    }
    return best;
}

} // namespace delta
