#include "updater/download/piece_arrival.hpp"

#include <algorithm>

namespace updater::download {

PieceArrival::PieceArrival(partitions::File &file, std::span<const FirmwarePiece> pieces,
                           std::vector<bool> &is_here, std::uint64_t sync_bytes)
    : file_(file), pieces_(pieces), is_here_(is_here), sync_bytes_(sync_bytes) {}

void PieceArrival::take(std::uint64_t offset_bytes, std::span<const std::byte> bytes) {
    file_.write_at(offset_bytes, bytes);
    unsynced_bytes_ += bytes.size();
    if (unsynced_bytes_ >= sync_bytes_) {
        file_.sync();
        unsynced_bytes_ = 0;
    }
    check(offset_bytes, bytes);
}

void PieceArrival::check(std::uint64_t offset_bytes, std::span<const std::byte> bytes) {
    while (!bytes.empty() && next_ < pieces_.size()) {
        const auto &[range, expected] = pieces_[next_];
        const std::uint64_t end = range.offset_bytes + range.length_bytes;
        if (offset_bytes >= end) { // was here before
            ++next_;
            continue;
        }
        const std::uint64_t before = std::min<std::uint64_t>(
            bytes.size(), range.offset_bytes - std::min(range.offset_bytes, offset_bytes));
        const auto inside = bytes.subspan(before).first(
            std::min<std::uint64_t>(bytes.size() - before, end - offset_bytes - before));
        hasher_.add(inside);
        bytes = bytes.subspan(before + inside.size());
        offset_bytes += before + inside.size();
        if (offset_bytes < end)
            return;
        if (hasher_.finish() != expected)
            throw WrongPiece{range};
        is_here_[next_++] = true;
    }
}

} // namespace updater::download
