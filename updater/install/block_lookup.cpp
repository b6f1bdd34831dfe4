// A sorted table of the wanted tags, filled by several threads.
#include "updater/install/block_lookup.hpp"

#include "partitions/aligned_buffer.hpp"
#include "partitions/base/threads.hpp"
#include "partitions/zeros.hpp"
#include "updater/cancelled.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>

namespace updater::install {

namespace {

constexpr std::size_t piece_bytes = 1024UL * 1024;
constexpr std::uint32_t in_target = 1U << 31U;
/// Block numbers are stored in 31 bits, with 0 for "not found", which is enough for 8 TiB.
constexpr std::uint64_t max_blocks = in_target - 1;

std::uint64_t key_of(const firmware::BlockTag &tag) {
    std::uint64_t key = 0;
    std::memcpy(&key, tag.data(), tag.size());
    return key;
}

std::vector<std::uint64_t> sorted_keys(const firmware::UnitIndex &units) {
    std::vector<std::uint64_t> keys;
    for (const auto &chunk : units)
        for (const firmware::Unit &unit : chunk)
            for (const firmware::BlockTag &tag : unit.blocks)
                keys.push_back(key_of(tag));
    std::ranges::sort(keys);
    keys.erase(std::ranges::unique(keys).begin(), keys.end());
    keys.shrink_to_fit();
    return keys;
}

} // namespace

BlockLookup::BlockLookup(const firmware::UnitIndex &units)
    : zero_tag_(firmware::block_tag(std::array<std::byte, firmware::lookup_block_bytes>{})),
      keys_(sorted_keys(units)), places_(keys_.size()) {}

void BlockLookup::scan(Where where, partitions::File &device, std::uint64_t length_bytes,
                       const Effort &effort, const std::function<void(std::uint64_t)> &progress,
                       const std::stop_token &stop) {
    const std::uint64_t length = std::min(length_bytes, max_blocks * firmware::lookup_block_bytes);
    std::vector<partitions::AlignedBuffer> buffers;
    for (unsigned thread = 0; thread < std::max(1U, effort.threads); ++thread)
        buffers.emplace_back(piece_bytes);
    std::mutex telling;
    std::uint64_t done = 0;
    partitions::base::for_each_in_threads(
        (length + piece_bytes - 1) / piece_bytes, effort.threads, [&](std::size_t number, unsigned thread) {
            if (stop.stop_requested())
                throw Cancelled();
            const std::uint64_t offset = number * piece_bytes;
            const std::size_t wanted = std::min<std::uint64_t>(piece_bytes, length - offset);
            effort.before(wanted);
            const std::size_t got = device.read_at(offset, buffers[thread].first(wanted));
            scan_piece(where, offset, buffers[thread].first(got));
            const std::lock_guard lock(telling);
            done += wanted;
            if (progress)
                progress(done);
        });
}

void BlockLookup::scan_piece(Where where, std::uint64_t offset_bytes, std::span<const std::byte> piece) {
    for (; piece.size() >= firmware::lookup_block_bytes;
         piece = piece.subspan(firmware::lookup_block_bytes), offset_bytes += firmware::lookup_block_bytes) {
        const auto block = piece.first(firmware::lookup_block_bytes);
        if (!partitions::all_zero(block))
            note(key_of(firmware::block_tag(block)), (offset_bytes / firmware::lookup_block_bytes + 1) |
                                                         (where == Where::target ? in_target : 0U));
    }
}

std::size_t BlockLookup::index_of(std::uint64_t key) const {
    const auto found = std::ranges::lower_bound(keys_, key);
    return found == keys_.end() || *found != key ? keys_.size()
                                                 : static_cast<std::size_t>(found - keys_.begin());
}

void BlockLookup::note(std::uint64_t key, std::uint64_t place) {
    const std::size_t index = index_of(key);
    if (index == keys_.size())
        return;
    std::uint32_t none = 0;
    places_[index].compare_exchange_strong(none, static_cast<std::uint32_t>(place));
}

std::optional<BlockLookup::Place> BlockLookup::find(const firmware::BlockTag &tag) const {
    const std::size_t index = index_of(key_of(tag));
    const std::uint32_t place = index == keys_.size() ? 0 : places_[index].load();
    if (place == 0)
        return std::nullopt;
    return Place{(place & in_target) != 0 ? Where::target : Where::base,
                 (std::uint64_t{place & ~in_target} - 1) * firmware::lookup_block_bytes};
}

} // namespace updater::install
