#include "updater/download/firmware_file_download.hpp"

#include "updater/cancelled.hpp"
#include "updater/download/piece_arrival.hpp"
#include "updater/firmware/firmware_error.hpp"
#include "updater/refusal.hpp"
#include "updater/text/byte_amount.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace updater::download {

namespace {

/// Two blocks of zeros (pax, POSIX.1-2001). Not fetched: the file is filled with zeros when it is created.
constexpr std::uint64_t end_mark_bytes = 1024;

/// The part of the file that has arrived, as a source of bytes.
class ArrivedFile : public firmware::ByteSource {
  public:
    ArrivedFile(partitions::File &file, std::string name) : file_(file), name_(std::move(name)) {}

    void read(std::span<const firmware::ByteRange> ranges, const Sink &sink,
              const std::stop_token &stop) override {
        for (const firmware::ByteRange &range : ranges)
            read_range(range, sink, stop);
    }
    std::uint64_t fetched_bytes() const override { return 0; }
    const std::string &name() const override { return name_; }

  private:
    void read_range(firmware::ByteRange rest, const Sink &sink, const std::stop_token &stop) {
        std::array<std::byte, 64UL * 1024> buffer;
        while (!rest.empty()) {
            if (stop.stop_requested())
                throw Cancelled();
            const auto wanted =
                std::span(buffer).first(std::min<std::uint64_t>(buffer.size(), rest.length_bytes));
            const std::size_t got = file_.read_at(rest.offset_bytes, wanted);
            if (got == 0)
                throw firmware::FirmwareDamaged(name_ + " is shorter than when it was created");
            sink(rest.offset_bytes, wanted.first(got));
            rest = rest.without_first(got);
        }
    }

    partitions::File &file_;
    std::string name_;
};

std::vector<firmware::ByteRange> joined_in_order(std::vector<firmware::ByteRange> ranges) {
    std::ranges::sort(ranges, {}, &firmware::ByteRange::offset_bytes);
    std::vector<firmware::ByteRange> joined;
    for (const firmware::ByteRange &range : ranges)
        firmware::append(joined, range);
    return joined;
}

} // namespace

FirmwareFileDownload::FirmwareFileDownload(partitions::Storage &storage, std::filesystem::path part,
                                           SpaceOf space_of, DownloadRoom room)
    : storage_(storage), part_(std::move(part)), space_of_(std::move(space_of)), room_(room) {}

void FirmwareFileDownload::fetch(firmware::ByteSource &source, const firmware::FirmwareHead &head,
                                 const Progress &progress, const std::stop_token &stop) {
    const std::uint64_t end = signed_end_bytes(head);
    open(end + end_mark_bytes);
    try {
        auto pieces = patch_index_pieces(head);
        fetch_pieces(source, pieces, {}, nullptr, end, stop);
        const auto contents = content_pieces(head, patch_indexes(head, stop));
        pieces.insert(pieces.end(), contents.begin(), contents.end());
        std::ranges::sort(pieces, {}, [](const FirmwarePiece &piece) { return piece.range.offset_bytes; });
        // The indexes are complete. Fetch the contents, and the bytes between all pieces.
        fetch_pieces(source, contents, between(pieces, end), progress, end, stop);
    } catch (const firmware::FirmwareDamaged &) {
        storage_.remove(part_);
        storage_.sync_directory(part_.parent_path());
        throw;
    }
    file_->sync();
    file_->close();
    storage_.sync_directory(part_.parent_path());
}

void FirmwareFileDownload::open(std::uint64_t length_bytes) {
    std::uint64_t present = 0;
    if (storage_.kind(part_) == partitions::FileKind::file)
        present = storage_.details(part_).size_bytes;
    if (present > length_bytes)
        present = 0; // of another firmware
    require_room(length_bytes - present);
    had_begun_ = present > 0;
    file_ = storage_.open(part_, had_begun_ ? partitions::OpenMode::overwrite_in_place
                                            : partitions::OpenMode::create_or_truncate);
    try {
        // Reserve the space now, so that the disk does not become full during the download.
        if (present < length_bytes)
            file_->zero(present, length_bytes - present);
    } catch (const partitions::StorageFull &) {
        storage_.remove(part_);
        throw;
    }
    file_->sync();
    storage_.sync_directory(part_.parent_path());
}

void FirmwareFileDownload::require_room(std::uint64_t more_bytes) const {
    const auto space = space_of_(part_.parent_path());
    const std::uint64_t stays_free = space.total_bytes / 100 * room_.free_percent;
    if (more_bytes == 0 || space.available_bytes >= more_bytes + stays_free)
        return;
    throw Refused(
        "there is no room for the firmware in " + part_.parent_path().string() + ": it needs " +
            text::bytes_text(more_bytes) + ", " + text::bytes_text(space.available_bytes) +
            " are free, and of these " + text::bytes_text(stays_free) + " have to stay free for mail",
        "Free some space there, then begin the download again.", messages::Code::no_space_for_download);
}

std::vector<bool> FirmwareFileDownload::what_is_here(std::span<const FirmwarePiece> pieces,
                                                     const Progress &progress, std::uint64_t length_bytes,
                                                     const std::stop_token &stop) const {
    std::vector<bool> is_here(pieces.size(), false);
    if (!had_begun_)
        return is_here; // nothing but zeros: no need to read and hash them
    ArrivedFile arrived(*file_, part_);
    std::uint64_t here_bytes = 0;
    for (std::size_t number = 0; number < pieces.size(); ++number) {
        partitions::base::Sha256Hasher hasher;
        arrived.read(
            {&pieces[number].range, 1},
            [&](std::uint64_t, std::span<const std::byte> bytes) { hasher.add(bytes); }, stop);
        is_here[number] = hasher.finish() == pieces[number].sha256;
        // Hashing a large file takes a while, so show progress.
        if (is_here[number] && progress)
            progress(here_bytes += pieces[number].range.length_bytes, length_bytes);
    }
    return is_here;
}

void FirmwareFileDownload::fetch_pieces(firmware::ByteSource &source, std::span<const FirmwarePiece> pieces,
                                        std::span<const firmware::ByteRange> rest, const Progress &progress,
                                        std::uint64_t length_bytes, const std::stop_token &stop) {
    std::vector<bool> is_here = what_is_here(pieces, progress, length_bytes, stop);
    for (;;) {
        std::vector<firmware::ByteRange> missing(rest.begin(), rest.end());
        for (std::size_t number = 0; number < pieces.size(); ++number)
            if (!is_here[number])
                missing.push_back(pieces[number].range);
        PieceArrival arrival(*file_, pieces, is_here, room_.sync_bytes);
        const auto ranges = joined_in_order(std::move(missing));
        std::uint64_t done = length_bytes - firmware::total_bytes(ranges);
        try {
            source.read(
                ranges,
                [&](std::uint64_t offset_bytes, std::span<const std::byte> bytes) {
                    arrival.take(offset_bytes, bytes);
                    done += bytes.size();
                    if (progress)
                        progress(done, length_bytes);
                },
                stop);
            return;
        } catch (const WrongPiece &wrong) {
            if (!source.distrust())
                throw firmware::FirmwareDamaged("the firmware from " + source.name() +
                                                " is not what was signed, from byte " +
                                                std::to_string(wrong.range.offset_bytes) + " on");
        }
    }
}

std::vector<firmware::PatchIndex> FirmwareFileDownload::patch_indexes(const firmware::FirmwareHead &head,
                                                                      const std::stop_token &stop) {
    ArrivedFile arrived(*file_, part_);
    std::vector<firmware::PatchIndex> indexes;
    for (const firmware::PatchEntry &patch : head.manifest.patches)
        indexes.push_back(firmware::read_patch_index(arrived, head, patch, stop));
    return indexes;
}

} // namespace updater::download
