// Paths without their digits find files of which only the version changed.
#include "image/delta/pairing.hpp"

#include "partitions/zeros.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <string_view>

namespace delta {

namespace {

std::uint64_t hash_of(std::span<const std::byte> block) {
    return std::hash<std::string_view>()({reinterpret_cast<const char *>(block.data()), block.size()});
}

/// "/usr/lib/modules/6.1.0-50-amd64/x.ko" → "/usr/lib/modules/#-amd64/x.ko"
std::string without_versions(std::string_view path) {
    std::string text;
    for (const char character : path) {
        const bool digit = character >= '0' && character <= '9';
        const bool joins = (character == '.' || character == '-' || character == '+') && text.ends_with('#');
        if (digit && !text.ends_with('#'))
            text += '#';
        else if (!digit && !joins)
            text += character;
    }
    return text;
}

std::string name_of(std::string_view path) {
    const std::size_t slash = path.find_last_of('/', path.empty() ? 0 : path.size() - 2);
    return "name " + without_versions(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

} // namespace

BlockTable::BlockTable(std::span<const std::byte> base, const std::vector<ImageFile> &base_files)
    : base_(base), owners_((base.size() + block_bytes - 1) / block_bytes, no_owner) {
    for (std::size_t number = 0; number < base_files.size(); ++number)
        for (const Extent &extent : base_files[number].extents)
            for (std::uint64_t at = extent.offset_bytes; at < extent.offset_bytes + extent.length_bytes;
                 at += block_bytes)
                owners_.at(at / block_bytes) = static_cast<std::uint32_t>(number);
    offsets_.reserve(owners_.size());
    for (std::uint64_t at = 0; at + block_bytes <= base.size(); at += block_bytes) {
        const auto block = base.subspan(at, block_bytes);
        if (!partitions::all_zero(block))
            offsets_.emplace(hash_of(block), at);
    }
}

std::optional<std::uint64_t> BlockTable::find(std::span<const std::byte> block,
                                              std::uint64_t preferred) const {
    const auto holds = [&](std::uint64_t offset) {
        return offset + block.size() <= base_.size() &&
               std::memcmp(base_.data() + offset, block.data(), block.size()) == 0;
    };
    if (holds(preferred))
        return preferred;
    const auto found = offsets_.find(hash_of(block));
    if (found == offsets_.end() || !holds(found->second))
        return std::nullopt;
    return found->second;
}

std::optional<std::size_t> BlockTable::owner(std::uint64_t offset_bytes) const {
    const std::uint32_t number = owners_.at(offset_bytes / block_bytes);
    return number == no_owner ? std::nullopt : std::optional<std::size_t>(number);
}

Pairing::Pairing(const std::vector<ImageFile> &base_files, const BlockTable &blocks)
    : base_files_(base_files), blocks_(blocks) {
    for (std::size_t number = 0; number < base_files.size(); ++number) {
        const std::string &path = base_files[number].path;
        by_path_.emplace(path, number);
        by_likeness_.emplace(without_versions(path), number);
        by_likeness_.emplace(name_of(path), number);
    }
}

std::optional<std::size_t> Pairing::partner_of(const ImageFile &file,
                                               std::span<const std::byte> image) const {
    if (const auto same = by_path_.find(file.path); same != by_path_.end())
        return same->second;
    if (const auto found = by_blocks(file, image))
        return found;
    if (const auto found = by_likeness(without_versions(file.path), file))
        return found;
    return by_likeness(name_of(file.path), file);
}

std::optional<std::size_t> Pairing::by_blocks(const ImageFile &file, std::span<const std::byte> image) const {
    std::map<std::size_t, std::size_t> votes;
    for (const Extent &extent : file.extents)
        for (std::uint64_t at = 0; at + BlockTable::block_bytes <= extent.length_bytes;
             at += BlockTable::block_bytes) {
            const auto block = image.subspan(extent.offset_bytes + at, BlockTable::block_bytes);
            if (const auto offset = blocks_.find(block, UINT64_MAX - block.size()))
                if (const auto owner = blocks_.owner(*offset))
                    ++votes[*owner];
        }
    const auto max = std::ranges::max_element(votes, {}, [](const auto &vote) { return vote.second; });
    return max == votes.end() ? std::nullopt : std::optional<std::size_t>(max->first);
}

std::optional<std::size_t> Pairing::by_likeness(const std::string &likeness, const ImageFile &file) const {
    const auto [first, last] = by_likeness_.equal_range(likeness);
    std::optional<std::size_t> best;
    const auto distance = [&](std::size_t number) {
        const std::uint64_t length = base_files_[number].length_bytes;
        return length > file.length_bytes ? length - file.length_bytes : file.length_bytes - length;
    };
    for (auto each = first; each != last; ++each)
        if (!best || distance(each->second) < distance(*best) ||
            (distance(each->second) == distance(*best) && each->second < *best))
            best = each->second;
    return best;
}

} // namespace delta
