// Stops mail from outside on request, and lets it in again. What was ordered survives a restart of the agent;
// a restart of the appliance only if that was ordered. Knows no queue and runs no program.
#pragma once

#include "updater/node/drain_file.hpp"
#include "updater/services/shared_mail_gate.hpp"
#include "updater/text/local_time.hpp"

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace updater::node {

/// Thread-safe.
class Drain {
  public:
    struct Closing {
        services::SharedMailGate &gate;
        std::vector<std::uint16_t> ports;
        std::function<std::string()> rules; ///< what closes the gate at the next start
    };
    /// Told after each change, with what is ordered now.
    using Tell = std::function<void(const std::optional<DrainOrder> &)>;

    /// All references outlive this object. `boot_id`: of this start of the machine.
    Drain(DrainFile file, Closing closing, std::string boot_id, text::Clock clock, Tell tell);

    /// Closes the gate if an order holds, forgets one that ended with the restart. Before any job runs.
    /// Throws StorageError, MailGateError.
    void at_start();

    /// On return no new connection from outside is accepted, and that is durable. An order that holds keeps
    /// its time and who gave it. Throws StorageError, MailGateError.
    void begin(const std::string &by, bool keep_over_restart);
    /// Also opens a gate that nothing keeps closed any more. Returns false if none was ordered. Throws
    /// StorageError, MailGateError.
    bool end();

    std::optional<DrainOrder> order() const;

  private:
    void set(std::optional<DrainOrder> order);

    DrainFile file_;
    Closing closing_;
    const std::string boot_id_;
    const text::Clock clock_;
    const Tell tell_;
    std::mutex requests_; ///< one after the other
    mutable std::mutex mutex_;
    std::optional<DrainOrder> order_;
};

} // namespace updater::node
