// The mail gate as jobs use it, while an administrator may have closed it, too: it is open only when neither
// of the two keeps it closed. Knows no order and no job.
#pragma once

#include "updater/services/mail_gate.hpp"

#include <mutex>

namespace updater::services {

/// Thread-safe: the job's thread and the bus's thread use it.
class SharedMailGate : public MailGate {
  public:
    /// `gate` outlives this object and is used by nobody else.
    explicit SharedMailGate(MailGate &gate) : gate_(gate) {}

    // --- the job's side ---
    void close(const std::vector<std::uint16_t> &ports) override;
    /// The job keeps mail back no longer. The gate stays closed while it is closed on request.
    void open() override;
    bool is_closed() override;
    std::size_t open_connections(const std::vector<std::uint16_t> &ports) override;

    // --- the administrator's side ---
    void close_on_request(const std::vector<std::uint16_t> &ports);
    /// The gate stays closed while the job keeps mail back.
    void end_request();

  private:
    MailGate &gate_;
    std::mutex mutex_; ///< for all
    bool job_closed_ = false;
    bool closed_on_request_ = false;
};

} // namespace updater::services
