// Whether mail from outside may come in. Closed means: a sender's connection is refused at once, so that it
// queues the message and tries again, as it would with any mail server that is down. Says nothing about
// services.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <vector>

namespace updater {

class MailGateError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

class MailGate {
  public:
    virtual ~MailGate() = default;

    /// Refuses TCP connections to `ports` that do not come over the loopback device, from the moment it
    /// returns; those that are already open are cut off too. Closing again replaces the ports. Not durable: a
    /// restart opens it, so whoever needs it closed at boot closes it again before the listeners start.
    /// Throws MailGateError.
    virtual void close(const std::vector<std::uint16_t> &ports) = 0;
    /// Nothing to do when it is open already. Throws MailGateError.
    virtual void open() = 0;
    virtual bool is_closed() = 0;
};

} // namespace updater
