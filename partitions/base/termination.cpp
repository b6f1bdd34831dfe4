#include "partitions/base/termination.hpp"

#include "partitions/base/event_wakeup.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/signalfd.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace partitions::base {

class Termination::Implementation {
  public:
    Implementation() {
        sigset_t signals;
        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        sigaddset(&signals, SIGINT);
        // Blocked before the thread starts, so that it and all later ones inherit the mask.
        const int result = pthread_sigmask(SIG_BLOCK, &signals, nullptr);
        if (result != 0)
            throw std::system_error(result, std::generic_category(), "cannot block SIGTERM");
        descriptor_ = signalfd(-1, &signals, SFD_CLOEXEC);
        if (descriptor_ < 0)
            throw std::system_error(errno, std::generic_category(), "cannot make a signalfd");
        waiter_ = std::thread([this] { wait(); });
    }

    ~Implementation() {
        end_.wake();
        waiter_.join();
        close(descriptor_);
    }

    std::stop_token token() const { return source_.get_token(); }

  private:
    void wait() {
        std::array<pollfd, 2> waiting{{{descriptor_, POLLIN, 0}, {end_.descriptor(), POLLIN, 0}}};
        while (poll(waiting.data(), waiting.size(), -1) < 0)
            if (errno != EINTR)
                throw std::system_error(errno, std::generic_category(), "cannot wait for SIGTERM");
        if (waiting[0].revents != 0)
            source_.request_stop();
    }

    partitions::base::Wakeup end_;
    int descriptor_ = -1;
    std::stop_source source_;
    std::thread waiter_;
};

Termination::Termination() : implementation_(std::make_unique<Implementation>()) {}
Termination::~Termination() = default;
std::stop_token Termination::token() const {
    return implementation_->token();
}

} // namespace partitions::base
