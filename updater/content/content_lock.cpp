#include "updater/content/content_lock.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <system_error>

namespace updater::content {

namespace {

/// Whoever can open it can keep an upgrade from beginning.
constexpr mode_t for_root_only = 0600;

} // namespace

bool ContentLock::try_hold() {
    const std::lock_guard guard(mutex_);
    if (held_.valid())
        return true;
    const auto fail = [this](const char *what) {
        throw std::system_error(errno, std::generic_category(), what + file_.string());
    };
    std::filesystem::create_directories(file_.parent_path());
    partitions::base::FileDescriptor file(
        ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, for_root_only));
    if (!file.valid())
        fail("cannot open ");
    if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            fail("cannot lock ");
        return false;
    }
    held_ = std::move(file);
    since_ = clock_();
    return true;
}

void ContentLock::release() {
    const std::lock_guard guard(mutex_);
    held_ = partitions::base::FileDescriptor();
}

std::optional<std::chrono::system_clock::time_point> ContentLock::held_since() const {
    const std::lock_guard guard(mutex_);
    return held_.valid() ? std::optional(since_) : std::nullopt;
}

} // namespace updater::content
