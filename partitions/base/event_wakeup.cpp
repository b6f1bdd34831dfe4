#include "partitions/base/event_wakeup.hpp"

#include <cerrno>
#include <sys/eventfd.h>
#include <system_error>

namespace partitions::base {

Wakeup::Wakeup() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!descriptor_.valid())
        throw std::system_error(errno, std::generic_category(), "cannot make an eventfd");
}

void Wakeup::wake() const {
    // EAGAIN: the counter is full, so a wake-up is already pending.
    if (eventfd_write(descriptor_.number(), 1) != 0 && errno != EAGAIN)
        throw std::system_error(errno, std::generic_category(), "cannot write to an eventfd");
}

bool Wakeup::take() const {
    eventfd_t count = 0;
    if (eventfd_read(descriptor_.number(), &count) == 0)
        return true;
    if (errno == EAGAIN)
        return false;
    throw std::system_error(errno, std::generic_category(), "cannot read from an eventfd");
}

} // namespace partitions::base
