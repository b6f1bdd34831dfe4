// Whether mail from outside may come in. Closed means: a sender's connection is refused at once, so that it
// queues the message and tries again, as it would with any mail server that is down. Says nothing about
// services.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <stop_token>
#include <vector>

namespace updater::services {

class MailGateError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

class MailGate {
  public:
    virtual ~MailGate() = default;

    /// Refuses new TCP connections to `ports` that do not come over the loopback device, from the moment it
    /// returns. Those that are open go on, so that no message is cut off between being stored and being
    /// acknowledged: that one would come twice (RFC 1047); see wait_for_senders(). Closing again replaces the
    /// ports. Not durable: a restart opens it, so whoever needs it closed at boot closes it again before the
    /// listeners start. Throws MailGateError.
    virtual void close(const std::vector<std::uint16_t> &ports) = 0;
    /// Nothing to do when it is open already. Throws MailGateError.
    virtual void open() = 0;
    virtual bool is_closed() = 0;
    /// Established connections to `ports` from elsewhere. Throws MailGateError.
    virtual std::size_t open_connections(const std::vector<std::uint16_t> &ports) = 0;
};

/// After close(): waits until the senders that were connected have finished, at most `longest`. Returns how
/// many are still connected. Throws MailGateError.
std::size_t wait_for_senders(MailGate &gate, const std::vector<std::uint16_t> &ports,
                             std::chrono::seconds max_time, const std::stop_token &stop = {});

} // namespace updater::services
