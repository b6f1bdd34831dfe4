#include "updater/bus/bus_service.hpp"

#include "partitions/base/event_wakeup.hpp"
#include "updater/bus/bus_methods.hpp"
#include "updater/bus/bus_polkit.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstring>
#include <ctime>
#include <poll.h>
#include <string>
#include <system_error>
#include <utility>

namespace updater::bus {

namespace {

void check(int result, const char *what) {
    if (result < 0)
        throw BusFailed(std::string("D-Bus: cannot ") + what + ": " + std::strerror(-result));
}

// sd_bus_get_timeout gives a time of CLOCK_MONOTONIC in microseconds; poll takes milliseconds from now.
int poll_milliseconds(std::uint64_t until_microseconds) {
    if (until_microseconds == UINT64_MAX)
        return -1;
    timespec now{};
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot read the monotonic clock");
    const auto now_microseconds =
        static_cast<std::uint64_t>(now.tv_sec) * 1'000'000U + static_cast<std::uint64_t>(now.tv_nsec) / 1000U;
    if (until_microseconds <= now_microseconds)
        return 0;
    // Rounded up, so that the loop does not spin during the last millisecond.
    const std::uint64_t milliseconds = (until_microseconds - now_microseconds + 999U) / 1000U;
    return static_cast<int>(std::min<std::uint64_t>(milliseconds, INT_MAX));
}

} // namespace

BusConnection open_system_bus() {
    sd_bus *bus = nullptr;
    const int result = sd_bus_open_system(&bus);
    if (result < 0)
        throw BusFailed(std::string("cannot connect to the system bus: ") + std::strerror(-result) +
                        "; see: systemctl status dbus");
    return BusConnection(bus);
}

BusConnection take_agent_name(BusConnection bus) {
    const int result = sd_bus_request_name(bus.get(), agent_bus_name, 0);
    if (result == -EEXIST)
        throw BusFailed(
            std::string("the name ") + agent_bus_name +
            " is taken, so another update-agent runs. This one has touched nothing; see the other: "
            "systemctl status update-agent");
    check(result, "get the agent's name; is its bus policy file installed?");
    return bus;
}

class BusService::Implementation {
  public:
    Implementation(AgentRequests &requests, NoticeQueue &notices, BusConnection bus, BusRights rights)
        : bus_(std::move(bus)), polkit_(bus_.get(), rights.polkit_time),
          access_(polkit_, std::move(rights.change_group), rights.privileged_user),
          notices_(notices), methods_{requests, access_, limit_, rights.privileged_user} {
        check(sd_bus_add_object_vtable(bus_.get(), nullptr, agent_object_path, agent_interface,
                                       agent_vtable(), &methods_),
              "put the agent's object on the bus");
    }

    void run(const std::stop_token &stop) {
        const std::stop_callback wake_at_stop(stop, [this] { wakeup_.wake(); });
        while (!stop.stop_requested()) {
            const int handled = sd_bus_process(bus_.get(), nullptr);
            check(handled, "answer calls (connection lost?)");
            // Also while messages wait: a busy caller must not delay the signal.
            announce_if_asked();
            send_notices();
            if (handled == 0)
                wait();
        }
        check(sd_bus_flush(bus_.get()), "send the last answers");
    }

    void announce_state() {
        announced_.store(true);
        wakeup_.wake();
    }

  private:
    void announce_if_asked() {
        if (!announced_.exchange(false))
            return;
        const std::string document = document_text(methods_.requests.state());
        check(sd_bus_emit_signal(bus_.get(), agent_object_path, agent_interface, "StateChanged", "s",
                                 document.c_str()),
              "send StateChanged");
    }

    void send_notices() {
        for (const notices::Notice &notice : notices_.take())
            check(sd_bus_emit_signal(bus_.get(), agent_object_path, agent_interface, "Notice", "ssss",
                                     notice.kind.c_str(), notice.version.c_str(), notice.subject.c_str(),
                                     notice.text.c_str()),
                  "send Notice");
    }

    void wait() const {
        const int events = sd_bus_get_events(bus_.get());
        check(events, "wait for calls (connection lost?)");
        std::uint64_t until_microseconds = UINT64_MAX;
        check(sd_bus_get_timeout(bus_.get(), &until_microseconds), "wait for calls");
        std::array<pollfd, 3> waiting{{{sd_bus_get_fd(bus_.get()), static_cast<short>(events), 0},
                                       {wakeup_.descriptor(), POLLIN, 0},
                                       {notices_.descriptor(), POLLIN, 0}}};
        if (poll(waiting.data(), waiting.size(), poll_milliseconds(until_microseconds)) < 0 && errno != EINTR)
            throw std::system_error(errno, std::generic_category(), "cannot wait for calls on the bus");
        wakeup_.take();
    }

    BusConnection bus_;
    PolkitAuthority polkit_;
    BusAccess access_;
    CallerLimit limit_;
    NoticeQueue &notices_;
    BusMethods methods_;
    partitions::base::Wakeup wakeup_;
    std::atomic<bool> announced_{false};
};

BusService::BusService(AgentRequests &requests, NoticeQueue &notices, BusConnection bus, BusRights rights)
    : implementation_(
          std::make_unique<Implementation>(requests, notices, std::move(bus), std::move(rights))) {}
BusService::~BusService() = default;
void BusService::run(const std::stop_token &stop) {
    implementation_->run(stop);
}
void BusService::announce_state() {
    implementation_->announce_state();
}

} // namespace updater::bus
