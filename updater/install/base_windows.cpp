// Straight where possible, through a window elsewhere.
#include "updater/install/base_windows.hpp"

#include <algorithm>

namespace updater {

namespace {

constexpr std::uint64_t alignment = partitions::File::block_alignment_bytes;

std::size_t straight_bytes(std::uint64_t offset_bytes, std::span<const std::byte> into) {
    const bool aligned =
        offset_bytes % alignment == 0 && reinterpret_cast<std::uintptr_t>(into.data()) % alignment == 0;
    return aligned ? into.size() / alignment * alignment : 0;
}

} // namespace

bool BaseWindows::read(std::uint64_t offset_bytes, std::span<std::byte> into) {
    while (!into.empty()) {
        if (const std::size_t straight = straight_bytes(offset_bytes, into); straight > 0) {
            if (device_.read_at(offset_bytes, into.first(straight)) < straight)
                return false;
            offset_bytes += straight;
            into = into.subspan(straight);
            continue;
        }
        const Window &window = window_at(offset_bytes);
        const std::uint64_t skipped = offset_bytes - window.offset_bytes;
        if (skipped >= window.length_bytes)
            return false;
        const auto found = window.bytes.first(window.length_bytes).subspan(skipped);
        // No further than to the next whole block: from there on it may go straight.
        const std::size_t to_block = alignment - offset_bytes % alignment;
        std::size_t length = std::min(found.size(), into.size());
        if (straight_bytes(offset_bytes + to_block, into.subspan(std::min(to_block, into.size()))) >
            window_bytes)
            length = std::min(length, to_block);
        std::ranges::copy(found.first(length), into.begin());
        offset_bytes += length;
        into = into.subspan(length);
    }
    return true;
}

BaseWindows::Window &BaseWindows::window_at(std::uint64_t offset_bytes) {
    const std::uint64_t begin = offset_bytes / window_bytes * window_bytes;
    const auto found = std::ranges::find_if(windows_, [&](const Window &window) {
        return window.length_bytes > 0 && window.offset_bytes == begin;
    });
    Window &window =
        found != windows_.end() ? *found : *std::ranges::min_element(windows_, {}, &Window::last_use);
    if (found == windows_.end()) {
        window.length_bytes = 0; // also when reading fails
        window.offset_bytes = begin;
        window.length_bytes = device_.read_at(begin, window.bytes.span());
    }
    window.last_use = ++uses_;
    return window;
}

} // namespace updater
