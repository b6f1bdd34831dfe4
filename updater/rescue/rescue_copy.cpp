#include "updater/rescue/rescue_copy.hpp"

#include "partitions/aligned_buffer.hpp"
#include "partitions/base/sha256.hpp"
#include "partitions/partition_writer.hpp"
#include "partitions/read_back.hpp"
#include "updater/cancelled.hpp"
#include "updater/install/image_differences.hpp"
#include "updater/services/spare_generations.hpp"
#include "updater/text/byte_amount.hpp"
#include "updater/text/clean_text.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace updater::rescue {

namespace {

constexpr std::string_view all_as_before = "no copy of it was made, and the rescue partition is as before";
constexpr std::uint64_t checkpoint_bytes = std::uint64_t{64} << 20U;
// Of the whole copy: what each of its parts takes.
constexpr int compared_percent = 30;
constexpr int written_percent = 75;
constexpr int read_back_percent = 99;

std::string damaged_text(const std::string &label, const std::string &what, std::string_view state) {
    return "the running system's partition " + label + " isn't what was signed (" + what + "), so " +
           std::string(state) +
           ". See what differs: update-control --verify. To mend it, name its firmware's file or "
           "URL (update-control -l lists the files): update-control -i fw FILE --force";
}

} // namespace

/// Copies pieces of one length from device to device, and remembers what each was.
class RescueCopy::Copying {
  public:
    Copying(partitions::File &from, partitions::PartitionWriter &to, const std::string &label)
        : from_(from), to_(to), label_(label) {}

    /// `expected`: of the signed image, or null.
    void copy(std::uint64_t offset_bytes, std::uint64_t length_bytes,
              const partitions::base::Sha256 *expected) {
        const auto piece = buffer_.first(length_bytes);
        if (from_.read_at(offset_bytes, piece) < piece.size())
            throw RunningSystemDamaged(
                damaged_text(label_, "it ends too early", "the rescue partition stays empty"));
        const auto found = partitions::base::sha256_of(piece);
        if (expected != nullptr && found != *expected)
            throw RunningSystemDamaged(damaged_text(label_, "at byte " + std::to_string(offset_bytes),
                                                    "the rescue partition stays empty"));
        to_.write(offset_bytes, piece, scratch_);
        ranges.push_back({offset_bytes, length_bytes, partitions::base::to_hexadecimal(found)});
    }

    std::vector<partitions::ExpectedRange> ranges;

  private:
    partitions::File &from_;
    partitions::PartitionWriter &to_;
    const std::string &label_;
    partitions::AlignedBuffer buffer_{firmware::chunk_bytes};
    partitions::PartitionWriter::Scratch scratch_;
};

RescueCopy::RescueCopy(partitions::Storage &storage, const partitions::PartitionFinder &partitions,
                       partitions::BootSelection &boot, partitions::Generations &generations,
                       install::ImageHeads &heads, firmware::KeysNow trusted_keys, partitions::Slot running)
    : storage_(storage), partitions_(partitions), boot_(boot), generations_(generations), heads_(heads),
      trusted_keys_(std::move(trusted_keys)), running_(running) {}

std::string RescueCopy::make(const Calls &calls, const std::stop_token &stop) {
    const auto rescue = partitions::other(running_);
    const auto generation = generations_.of_slot(running_);
    const auto head = head_of_running(calls);
    if (head)
        require_as_signed(*head, calls, stop);
    else
        require_readable(calls, stop);
    if (stop.stop_requested())
        throw Cancelled();
    give_up_rescue_partition(calls);
    copy_image(head, calls, stop);
    heads_.copy(running_, rescue);
    // Last: from here on the boot loader may start it, and it is complete.
    generations_.assign(rescue, generation);
    boot_.mark_bootable(rescue);
    calls.progress(100);
    return generation;
}

std::optional<firmware::FirmwareHead> RescueCopy::head_of_running(const Calls &calls) const {
    try {
        return heads_.read(running_, trusted_keys_());
    } catch (const std::exception &failure) {
        calls.log("what was signed for the running system can't be read, so its partition is copied as it "
                  "is: " +
                  text::clean_text(failure.what()));
        return std::nullopt;
    }
}

void RescueCopy::require_as_signed(const firmware::FirmwareHead &head, const Calls &calls,
                                   const std::stop_token &stop) const {
    const auto label = partitions::partition_label(running_);
    const auto device =
        storage_.open(partitions_.device_of(label), partitions::OpenMode::block_device_shared);
    const auto all_bytes = std::max<std::uint64_t>(1, head.chunks.image_bytes);
    const auto found = install::differences_of_image(
        *device, head.chunks, calls.effort,
        [&](std::uint64_t done) { calls.progress(static_cast<int>(done * compared_percent / all_bytes)); },
        stop);
    device->close();
    if (found.differing_chunks > 0)
        throw RunningSystemDamaged(damaged_text(label,
                                                std::to_string(found.differing_chunks) + " of " +
                                                    std::to_string(found.chunks) + " chunks differ",
                                                all_as_before));
}

void RescueCopy::require_readable(const Calls &calls, const std::stop_token &stop) const {
    const auto label = partitions::partition_label(running_);
    const auto all_bytes = partitions_.size_bytes(label);
    const auto device =
        storage_.open(partitions_.device_of(label), partitions::OpenMode::block_device_shared);
    partitions::AlignedBuffer buffer(firmware::chunk_bytes);
    for (std::uint64_t offset = 0; offset < all_bytes;) {
        const auto piece = buffer.first(std::min<std::uint64_t>(firmware::chunk_bytes, all_bytes - offset));
        calls.effort.before(piece.size());
        if (stop.stop_requested())
            throw Cancelled();
        std::string problem;
        try {
            if (device->read_at(offset, piece) < piece.size())
                problem = "it ends too early";
        } catch (const partitions::StorageError &failure) {
            problem = failure.what();
        }
        if (!problem.empty())
            throw RunningSystemDamaged(damaged_text(
                label, "it can't be read at byte " + std::to_string(offset) + ": " + problem, all_as_before));
        offset += piece.size();
        calls.progress(static_cast<int>(offset * compared_percent / all_bytes));
    }
    device->close();
}

void RescueCopy::give_up_rescue_partition(const Calls &calls) {
    const auto rescue = partitions::other(running_);
    const auto label = partitions::partition_label(rescue);
    // Nothing is given up for a partition that can't be written: one that is missing, mounted or too small.
    partitions::PartitionWriter(storage_, partitions_.device_of(label), partitions_.size_bytes(label),
                                checkpoint_bytes)
        .finish();
    // In this order: the boot loader must not reach a system that isn't complete.
    boot_.mark_unbootable(rescue);
    heads_.forget(rescue);
    generations_.unassign(rescue);
    const auto spare = services::remove_spare_generations(storage_, generations_, "");
    for (const auto &generation : spare.removed)
        calls.log("removed generation " + generation + " and everything in it");
    for (const auto &line : spare.with_mail)
        calls.log(line);
    for (const auto &line : spare.left)
        calls.log(line);
}

void RescueCopy::copy_image(const std::optional<firmware::FirmwareHead> &head, const Calls &calls,
                            const std::stop_token &stop) {
    const auto from_label = partitions::partition_label(running_);
    const auto to_label = partitions::partition_label(partitions::other(running_));
    const auto length_bytes = head ? head->chunks.image_bytes : partitions_.size_bytes(from_label);
    const auto from =
        storage_.open(partitions_.device_of(from_label), partitions::OpenMode::block_device_shared);
    const auto to_device = partitions_.device_of(to_label);
    partitions::PartitionWriter to(storage_, to_device, partitions_.size_bytes(to_label), checkpoint_bytes);
    Copying copying(*from, to, from_label);
    const auto percent = [&](std::uint64_t done, int first, int last) {
        calls.progress(first + static_cast<int>(done * static_cast<unsigned>(last - first) /
                                                std::max<std::uint64_t>(1, length_bytes)));
    };
    std::size_t number = 0;
    for (std::uint64_t offset = 0; offset < length_bytes; ++number) {
        const auto piece_bytes = std::min<std::uint64_t>(firmware::chunk_bytes, length_bytes - offset);
        calls.effort.before(2 * piece_bytes); // read and written
        if (stop.stop_requested())
            throw Cancelled();
        copying.copy(offset, piece_bytes, head ? &head->chunks.chunks.at(number).raw_sha256 : nullptr);
        offset += piece_bytes;
        percent(offset, compared_percent, written_percent);
    }
    from->close();
    to.sync();
    std::uint64_t paced_bytes = 0;
    try {
        partitions::read_back(
            to.file(), to_device, copying.ranges, 1,
            [&](std::uint64_t done, std::uint64_t) {
                calls.effort.before(done - std::exchange(paced_bytes, done));
                percent(done, written_percent, read_back_percent);
            },
            stop);
    } catch (const partitions::ReadBackStopped &) {
        throw Cancelled();
    }
    calls.log("copied " + text::bytes_text(length_bytes) + " to " + to_label + ", written " +
              text::bytes_text(to.written_bytes()) + ", read back and compared");
    to.finish();
}

} // namespace updater::rescue
