#include "updater/install/image_heads.hpp"

#include "partitions/durable.hpp"
#include "updater/firmware/chunk_index.hpp"
#include "updater/firmware/firmware_error.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace updater::install {

namespace {

/// The largest index, and what stands before it.
constexpr std::size_t max_head_bytes = firmware::max_chunk_index_bytes + (std::size_t{4} << 20U);

/// The reader of firmware asks for more than there is, as it does at the end of a file.
class HeadInMemory : public firmware::ByteSource {
  public:
    HeadInMemory(std::string bytes, std::string name) : bytes_(std::move(bytes)), name_(std::move(name)) {}

    void read(std::span<const firmware::ByteRange> ranges, const Sink &sink,
              const std::stop_token &) override {
        for (const auto &range : ranges) {
            const auto begin = std::min<std::uint64_t>(range.offset_bytes, bytes_.size());
            const auto length = std::min<std::uint64_t>(range.length_bytes, bytes_.size() - begin);
            if (length > 0)
                sink(begin, std::as_bytes(std::span(bytes_)).subspan(begin, length));
            if (length < range.length_bytes)
                throw firmware::FirmwareDamaged(name_ + " ends too early");
        }
    }
    std::uint64_t fetched_bytes() const override { return bytes_.size(); }
    const std::string &name() const override { return name_; }

  private:
    std::string bytes_;
    std::string name_;
};

} // namespace

std::string bytes_of_head(firmware::ByteSource &source, const firmware::FirmwareHead &head,
                          const std::stop_token &stop) {
    return firmware::read_all(source, {0, head.image_offset_bytes}, stop);
}

ImageHeads::ImageHeads(partitions::Storage &storage, std::filesystem::path folder)
    : storage_(storage), folder_(std::move(folder)) {}

std::filesystem::path ImageHeads::file_of(partitions::Slot slot) const {
    return folder_ / (partitions::partition_label(slot) + ".head");
}

void ImageHeads::keep(partitions::Slot slot, std::string_view bytes) {
    partitions::make_directories(storage_, folder_);
    partitions::replace_file(storage_, file_of(slot), bytes);
}

void ImageHeads::forget(partitions::Slot slot) {
    partitions::remove_tree(storage_, file_of(slot));
}

void ImageHeads::copy(partitions::Slot from, partitions::Slot to) {
    if (storage_.kind(file_of(from)) == partitions::FileKind::none)
        return forget(to);
    keep(to, partitions::read_whole_file(storage_, file_of(from), max_head_bytes));
}

std::optional<firmware::FirmwareHead> ImageHeads::read(partitions::Slot slot,
                                                       const firmware::TrustedKeys &trusted_keys) const {
    if (storage_.kind(file_of(slot)) == partitions::FileKind::none)
        return std::nullopt;
    HeadInMemory source(partitions::read_whole_file(storage_, file_of(slot), max_head_bytes),
                        file_of(slot).string());
    return firmware::read_firmware_head(source, trusted_keys);
}

} // namespace updater::install
