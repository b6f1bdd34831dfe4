#include "updater/available/other_slot.hpp"

#include <string>
#include <utility>

namespace updater::available {

OtherSlot::OtherSlot(partitions::Slot slot, partitions::BootSelection &boot,
                     const partitions::Generations &generations, std::function<bool()> busy, Now now)
    : slot_(slot), boot_(boot), generations_(generations), busy_(std::move(busy)), now_(std::move(now)) {}

nlohmann::json OtherSlot::document() const {
    const auto assigned = generations_.assigned(slot_);
    const bool bootable = this->bootable();
    const bool is_copy = bootable && assigned && assigned == generations_.assigned(partitions::other(slot_));
    return {{"slot", std::string(1, partitions::letter(slot_))},
            {"version", assigned ? nlohmann::json(partitions::Generations::version_of(*assigned))
                                 : nlohmann::json(nullptr)},
            {"bootable", bootable},
            {"holds", is_copy    ? "rescue copy"
                      : bootable ? "previous system"
                      : assigned ? "unfinished install"
                                 : "unknown"}};
}

void OtherSlot::look_again() {
    const std::lock_guard lock(mutex_);
    boot_query_.reset();
}

bool OtherSlot::bootable() const {
    const std::lock_guard lock(mutex_);
    const bool busy = busy_();
    const auto now = now_();
    const bool still_holds = boot_query_ && boot_query_->while_busy == busy &&
                             (!busy || now - boot_query_->time < min_time_between_boot_queries);
    if (!still_holds)
        boot_query_ = {boot_.bootable(slot_), busy, now};
    return boot_query_->bootable;
}

} // namespace updater::available
