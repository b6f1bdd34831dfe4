// Makes a copy of the running system in the rescue partition: the same image, with the same generation. So
// the copy and the running system are one, whichever of them is started, and nothing is lost between them.
// Decides nothing: due_copy.hpp does.
#pragma once

#include "partitions/boot_selection.hpp"
#include "partitions/generations.hpp"
#include "partitions/partition_finder.hpp"
#include "partitions/storage.hpp"
#include "updater/firmware/trusted_keys.hpp"
#include "updater/install/effort.hpp"
#include "updater/install/image_heads.hpp"
#include "updater/messages/coded.hpp"

#include <functional>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>

namespace updater::rescue {

/// The running system's partition isn't as signed or can't be read, so it isn't worth a copy. If
/// `before_anything`, the rescue partition was not touched.
class RunningSystemDamaged : public std::runtime_error,
                             public messages::CodeIs<messages::Code::running_system_damaged> {
  public:
    using std::runtime_error::runtime_error;
};

class RescueCopy {
  public:
    /// For one copy: all that is called on the way. `log` takes lines for people.
    struct Calls {
        install::Effort effort;
        std::function<void(int percent)> progress;
        std::function<void(const std::string &line)> log;
    };

    /// All references outlive this object. `running`: the slot that the machine was started from.
    RescueCopy(partitions::Storage &storage, const partitions::PartitionFinder &partitions,
               partitions::BootSelection &boot, partitions::Generations &generations,
               install::ImageHeads &heads, firmware::KeysNow trusted_keys, partitions::Slot running);

    /// The running system is the default one, and no job runs. The rescue partition is marked unbootable
    /// before its first byte changes, and bootable when its copy was read back; what it held before is
    /// given up, with its generation. Returns the generation that both slots have then. Whatever ends this on
    /// the way, also a power cut, it can be made again. Throws RunningSystemDamaged, StorageError,
    /// ReadBackMismatch, BootSelectionRefused, BootSelectionDamaged, GenerationNotFound, Cancelled.
    std::string make(const Calls &calls, const std::stop_token &stop);

  private:
    class Copying;

    std::optional<firmware::FirmwareHead> head_of_running(const Calls &calls) const;
    void require_as_signed(const firmware::FirmwareHead &head, const Calls &calls,
                           const std::stop_token &stop) const;
    /// Where nobody knows what was signed: each byte must come at least.
    void require_readable(const Calls &calls, const std::stop_token &stop) const;
    void give_up_rescue_partition(const Calls &calls);
    void copy_image(const std::optional<firmware::FirmwareHead> &head, const Calls &calls,
                    const std::stop_token &stop);

    partitions::Storage &storage_;
    const partitions::PartitionFinder &partitions_;
    partitions::BootSelection &boot_;
    partitions::Generations &generations_;
    install::ImageHeads &heads_;
    firmware::KeysNow trusted_keys_;
    partitions::Slot running_;
};

} // namespace updater::rescue
