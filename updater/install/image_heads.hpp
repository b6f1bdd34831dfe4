// The signed heads of what the OS partitions hold, kept so that a partition can be compared with what the
// vendor signed at any time, without the firmware. Knows nothing of boot selection and generations.
//   FOLDER/system-a.head   the beginning of the firmware file, up to the image
#pragma once

#include "partitions/slot.hpp"
#include "partitions/storage.hpp"
#include "updater/firmware/byte_source.hpp"
#include "updater/firmware/firmware_head.hpp"

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace updater::install {

/// The beginning of a firmware file, up to the first byte of the image. Throws as ByteSource::read.
std::string bytes_of_head(firmware::ByteSource &source, const firmware::FirmwareHead &head,
                          const std::stop_token &stop = {});

/// All changes are durable on return. All functions throw StorageError.
class ImageHeads {
  public:
    /// `storage` outlives this object.
    ImageHeads(partitions::Storage &storage, std::filesystem::path folder);

    /// From now on the slot is compared with this. Only when the partition holds all of the image.
    void keep(partitions::Slot slot, std::string_view bytes);
    /// Before the partition is written. Does nothing if there is none.
    void forget(partitions::Slot slot);
    /// `to` holds the same image as `from`. If none is known of `from`, none is known of `to`.
    void copy(partitions::Slot from, partitions::Slot to);

    /// The head, its signature verified before it is parsed; nothing if none is known. Throws
    /// FirmwareRefused, FirmwareDamaged.
    std::optional<firmware::FirmwareHead> read(partitions::Slot slot,
                                               const firmware::TrustedKeys &trusted_keys) const;

  private:
    std::filesystem::path file_of(partitions::Slot slot) const;

    partitions::Storage &storage_;
    std::filesystem::path folder_;
};

} // namespace updater::install
