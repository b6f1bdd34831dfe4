#include "updater/download/piece_arrival.hpp"

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
    firmware::ByteRange arrived{offset_bytes, bytes.size()};
    while (!arrived.empty() && next_ < pieces_.size()) {
        const auto &[range, expected] = pieces_[next_];
        if (range.end_bytes() <= arrived.offset_bytes) { // was in the file before
            ++next_;
            continue;
        }
        const auto inside = firmware::overlap(range, arrived);
        if (!inside.empty())
            hasher_.add(bytes.subspan(inside.offset_bytes - offset_bytes, inside.length_bytes));
        if (arrived.end_bytes() < range.end_bytes())
            return;
        arrived = firmware::ByteRange::between(range.end_bytes(), arrived.end_bytes());
        if (hasher_.finish() != expected)
            throw WrongPiece{range};
        is_here_[next_++] = true;
    }
}

} // namespace updater::download
