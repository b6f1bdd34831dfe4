// Bounds and alignment of what is written to a partition.
#include "partitions/image_writer.hpp"

namespace partitions {

ImageWriter::ImageWriter(Storage &storage, const std::filesystem::path &device, std::uint64_t partition_bytes)
    : device_(device), partition_bytes_(partition_bytes),
      file_(storage.open(device, OpenMode::block_device)) {
    const std::uint64_t device_bytes = file_->size_bytes();
    if (device_bytes < partition_bytes) {
        throw ImageTooLarge(device.string() + " has " + std::to_string(device_bytes) +
                            " bytes, fewer than the " + std::to_string(partition_bytes) +
                            " that its partition should have; nothing was written");
    }
}

void ImageWriter::check_range(std::uint64_t offset_bytes, std::uint64_t length_bytes) const {
    if (!file_) {
        throw std::logic_error("the image on " + device_.string() +
                               " is finished: nothing can be added to it");
    }
    if (offset_bytes > partition_bytes_ || length_bytes > partition_bytes_ - offset_bytes) {
        throw ImageTooLarge("the image needs more than the " + std::to_string(partition_bytes_) +
                            " bytes of " + device_.string() +
                            "; it is made for an appliance with larger partitions");
    }
}

void ImageWriter::write(std::uint64_t offset_bytes, std::span<const std::byte> bytes) {
    check_range(offset_bytes, bytes.size());
    file_->write_at(offset_bytes, bytes);
}

void ImageWriter::zero(std::uint64_t offset_bytes, std::uint64_t length_bytes) {
    check_range(offset_bytes, length_bytes);
    file_->zero(offset_bytes, length_bytes);
}

void ImageWriter::finish() {
    check_range(0, 0);
    file_->sync();
    file_->close();
    file_.reset();
}

} // namespace partitions
