// Decides which blocks of a range are written. Small sample reads tell whether comparing pays: a partition
// with entirely different contents is overwritten without being read first.
#include "partitions/partition_writer.hpp"

#include "partitions/zeros.hpp"

#include <algorithm>
#include <cstring>

namespace partitions {

namespace {

constexpr std::size_t block_bytes = File::block_alignment_bytes;
// Samples of a range that tell whether comparing pays; fewer after this many ranges in a row for which it did
// not.
constexpr std::size_t samples = 8;
constexpr std::size_t fewer_samples = 1;
constexpr unsigned ranges_until_fewer_samples = 4;
// Shorter runs of zeros are cheaper to write than to have zeroed by the device.
constexpr std::size_t min_zero_run_bytes = 64UL * 1024;

bool equal(std::span<const std::byte> left, std::span<const std::byte> right) {
    return std::memcmp(left.data(), right.data(), left.size()) == 0;
}

std::span<const std::byte> block_at(std::span<const std::byte> bytes, std::size_t offset_bytes) {
    return bytes.subspan(offset_bytes, std::min(block_bytes, bytes.size() - offset_bytes));
}

// Where the run of blocks that are all zero, or all not zero, ends.
std::size_t end_of_run(std::span<const std::byte> bytes, std::size_t begin, bool zero) {
    std::size_t end = begin;
    while (end < bytes.size() && all_zero(block_at(bytes, end)) == zero)
        end = std::min(end + block_bytes, bytes.size());
    return end;
}

} // namespace

PartitionWriter::PartitionWriter(Storage &storage, const std::filesystem::path &device,
                                 std::uint64_t partition_bytes, std::uint64_t checkpoint_bytes)
    : device_(device), partition_bytes_(partition_bytes), checkpoint_bytes_(checkpoint_bytes),
      file_(storage.open(device, OpenMode::block_device)), zeroes_by_itself_(file_->zeroes_by_itself()) {
    const std::uint64_t device_bytes = file_->size_bytes();
    if (device_bytes < partition_bytes) {
        throw ImageTooLarge(device.string() + " has " + std::to_string(device_bytes) +
                            " bytes, fewer than the " + std::to_string(partition_bytes) +
                            " that its partition should have; nothing was written");
    }
}

void PartitionWriter::check_range(std::uint64_t offset_bytes, std::uint64_t length_bytes) const {
    if (!file_)
        throw std::logic_error("the image on " + device_.string() +
                               " is finished: nothing can be added to it");
    if (offset_bytes > partition_bytes_ || length_bytes > partition_bytes_ - offset_bytes) {
        throw ImageTooLarge("the image needs more than the " + std::to_string(partition_bytes_) +
                            " bytes of " + device_.string() +
                            "; it is made for an appliance with larger partitions");
    }
}

void PartitionWriter::write(std::uint64_t offset_bytes, std::span<const std::byte> bytes, Scratch &scratch) {
    check_range(offset_bytes, bytes.size());
    std::size_t begin = 0; // of what is not written yet
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t zeros_end = end_of_run(bytes, at, true);
        if (zeros_end - at >= min_zero_run_bytes) {
            write_data(offset_bytes + begin, bytes.subspan(begin, at - begin), scratch);
            zero(offset_bytes + at, zeros_end - at, scratch);
            begin = zeros_end;
        }
        at = end_of_run(bytes, zeros_end, false);
    }
    write_data(offset_bytes + begin, bytes.subspan(begin), scratch);
}

void PartitionWriter::write_data(std::uint64_t offset_bytes, std::span<const std::byte> bytes,
                                 Scratch &scratch) {
    if (bytes.empty())
        return;
    if (holds_some_of(offset_bytes, bytes, scratch))
        write_differing(offset_bytes, bytes, scratch);
    else
        put(offset_bytes, bytes);
}

bool PartitionWriter::holds_some_of(std::uint64_t offset_bytes, std::span<const std::byte> bytes,
                                    Scratch &scratch) {
    const std::size_t blocks = (bytes.size() + block_bytes - 1) / block_bytes;
    const std::size_t wanted_samples =
        differing_ranges_ < ranges_until_fewer_samples ? samples : fewer_samples;
    const std::size_t step = std::max<std::size_t>(1, blocks / wanted_samples);
    for (std::size_t block = step / 2; block < blocks; block += step) {
        const auto wanted = block_at(bytes, block * block_bytes);
        // Zeros are common and say nothing about the rest.
        if (all_zero(wanted))
            continue;
        const auto found = scratch.window_.first(block_bytes);
        if (read(offset_bytes + block * block_bytes, found.first(wanted.size())) == wanted.size() &&
            equal(found.first(wanted.size()), wanted)) {
            differing_ranges_ = 0;
            return true;
        }
    }
    ++differing_ranges_;
    return false;
}

void PartitionWriter::write_differing(std::uint64_t offset_bytes, std::span<const std::byte> bytes,
                                      Scratch &scratch) {
    while (!bytes.empty()) {
        const auto wanted = bytes.first(std::min(bytes.size(), Scratch::window_bytes));
        const auto found = scratch.window_.first(wanted.size());
        const std::size_t got = read(offset_bytes, found);
        const auto differs = [&](std::size_t at) {
            const auto block = block_at(wanted, at);
            return at + block.size() > got || !equal(found.subspan(at, block.size()), block);
        };
        for (std::size_t at = 0; at < wanted.size();) {
            std::size_t end = at;
            while (end < wanted.size() && differs(end))
                end = std::min(end + block_bytes, wanted.size());
            if (end > at)
                put(offset_bytes + at, wanted.subspan(at, end - at));
            at = end + block_bytes; // the block at `end`, if there is one, is right
        }
        offset_bytes += wanted.size();
        bytes = bytes.subspan(wanted.size());
    }
}

void PartitionWriter::zero(std::uint64_t offset_bytes, std::uint64_t length_bytes, Scratch &scratch) {
    check_range(offset_bytes, length_bytes);
    if (zeroes_by_itself_ || !may_be_zero(offset_bytes, length_bytes, scratch)) {
        put_zeros(offset_bytes, length_bytes);
        return;
    }
    while (length_bytes > 0) {
        const std::size_t piece = std::min<std::uint64_t>(length_bytes, Scratch::window_bytes);
        const auto found = scratch.window_.first(piece);
        if (read(offset_bytes, found) < piece || !all_zero(found))
            put_zeros(offset_bytes, piece);
        offset_bytes += piece;
        length_bytes -= piece;
    }
}

bool PartitionWriter::may_be_zero(std::uint64_t offset_bytes, std::uint64_t length_bytes, Scratch &scratch) {
    const std::uint64_t last = (length_bytes - 1) / block_bytes;
    for (const std::uint64_t block : {std::uint64_t{0}, last / 2, last}) {
        const std::uint64_t at = block * block_bytes;
        const auto found = scratch.window_.first(std::min<std::uint64_t>(block_bytes, length_bytes - at));
        if (read(offset_bytes + at, found) < found.size() || !all_zero(found))
            return false;
    }
    return true;
}

std::size_t PartitionWriter::read(std::uint64_t offset_bytes, std::span<std::byte> into) {
    return file_->read_at(offset_bytes, into);
}

void PartitionWriter::put(std::uint64_t offset_bytes, std::span<const std::byte> bytes) {
    file_->write_at(offset_bytes, bytes);
    count(written_bytes_, bytes.size());
}

void PartitionWriter::put_zeros(std::uint64_t offset_bytes, std::uint64_t length_bytes) {
    file_->zero(offset_bytes, length_bytes);
    count(zeroed_bytes_, length_bytes);
}

void PartitionWriter::count(std::atomic<std::uint64_t> &counter, std::uint64_t bytes) {
    counter += bytes;
    const std::uint64_t before = since_checkpoint_bytes_.fetch_add(bytes);
    // Exactly one thread crosses the threshold, and it syncs what all have written so far.
    if (before < checkpoint_bytes_ && before + bytes >= checkpoint_bytes_) {
        since_checkpoint_bytes_ = 0;
        file_->sync();
    }
}

void PartitionWriter::sync() {
    check_range(0, 0);
    file_->sync();
}

File &PartitionWriter::file() {
    check_range(0, 0);
    return *file_;
}

void PartitionWriter::finish() {
    check_range(0, 0);
    file_->sync();
    file_->close();
    file_.reset();
}

} // namespace partitions
