#include "updater/control/watch_pause.hpp"

#include <cerrno>
#include <ctime>
#include <pthread.h>
#include <system_error>

namespace updater::control {

WatchPause::WatchPause() {
    sigemptyset(&signals_);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
        sigaddset(&signals_, signal);
    const int result = pthread_sigmask(SIG_BLOCK, &signals_, &before_);
    if (result != 0)
        throw std::system_error(result, std::generic_category(), "cannot block signals");
}

WatchPause::~WatchPause() {
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

std::optional<ExitCode> WatchPause::wait(std::chrono::milliseconds duration) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
    timespec time{};
    time.tv_sec = seconds.count();
    time.tv_nsec = std::chrono::nanoseconds(duration - seconds).count();
    switch (sigtimedwait(&signals_, nullptr, &time)) {
    case SIGINT:
        return ExitCode::interrupted;
    case SIGTERM:
        return ExitCode::terminated;
    case SIGHUP:
        return ExitCode::hung_up;
    default:
        break;
    }
    // EINTR: another signal (window size, stop and continue) has ended the pause early, which is harmless.
    if (errno != EAGAIN && errno != EINTR)
        throw std::system_error(errno, std::generic_category(), "cannot wait");
    return std::nullopt;
}

} // namespace updater::control
