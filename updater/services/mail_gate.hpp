// Interface to the mail gate, which accepts or refuses mail from outside. While it is closed, a sender's
// connection is refused at once, so the sender queues the message and retries, as with any mail server that
// is down. Does not touch services.
#pragma once

#include "updater/messages/coded.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace updater::services {

class MailGateError : public std::runtime_error, public messages::CodeIs<messages::Code::mail_gate_failed> {
  public:
    using std::runtime_error::runtime_error;
};

class MailGate {
  public:
    virtual ~MailGate() = default;

    /// On return, new TCP connections to `ports` are refused, except over the loopback device. Open
    /// connections stay, so that no message is interrupted between being stored and being acknowledged: the
    /// sender would send it twice (RFC 1047); see wait_for_senders(). Closing again replaces the ports. Not
    /// durable: after a restart the gate is open, so it must be closed again before the listeners start.
    /// Throws MailGateError.
    virtual void close(const std::vector<std::uint16_t> &ports) = 0;
    /// Does nothing if it is open. Throws MailGateError.
    virtual void open() = 0;
    virtual bool is_closed() = 0;
    /// Number of established connections to `ports` from other machines. Throws MailGateError.
    virtual std::size_t open_connections(const std::vector<std::uint16_t> &ports) = 0;
};

/// Opens the gate, and returns what became of it as a line for the log: it stays closed while something else
/// than the job keeps it so. Throws MailGateError.
std::string open_and_tell(MailGate &gate);

/// After close(): waits at most `max_time` until the connected senders have finished. Returns how many are
/// still connected. Throws MailGateError.
std::size_t wait_for_senders(MailGate &gate, const std::vector<std::uint16_t> &ports,
                             std::chrono::seconds max_time, const std::stop_token &stop = {});

} // namespace updater::services
