// The service's loop: polls when it is time, listens to the agent, and answers people on the bus. Sleeps in
// between until the next poll.
#pragma once

#include "partitions/base/bus.hpp"
#include "partitions/base/event_wakeup.hpp"
#include "updater/hawkbit/device.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <stop_token>

namespace updater::hawkbit {

class ClientService {
  public:
    /// `about`: what the status says beside the device's own: server and controller. `first_poll`: how long
    /// to wait before it. The device outlives this object. Throws BusError.
    ClientService(Device &device, partitions::base::Bus bus, nlohmann::json about,
                  std::chrono::milliseconds first_poll);
    ~ClientService();

    /// Until a stop is requested. Throws BusError, StorageError.
    void run(const std::stop_token &stop);

    // For the methods on the bus.
    std::string status_document() const;
    /// Throws Refused.
    void answer(bool confirmed, const std::string &remark);
    void poll_now() { next_poll_ = std::chrono::steady_clock::now(); }

  private:
    void handle_what_is_due();
    void wait();

    Device &device_;
    partitions::base::Bus bus_;
    const nlohmann::json about_;
    std::chrono::steady_clock::time_point next_poll_;
    bool agent_changed_ = true;
    partitions::base::Wakeup wakeup_;
    partitions::base::BusSlot agent_signals_;
    partitions::base::BusSlot object_;
};

} // namespace updater::hawkbit
