// A thin owner for sd-bus handles (sd-bus(3)): connection, message, error and match slot are released
// automatically and every negative result becomes an exception. It hides nothing else: callers still name
// object, interface and method. It stands in the lowest layer that talks to the bus.
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <systemd/sd-bus.h>
#include <vector>

namespace partitions::base {

/// A call or the connection failed. `name()` is the D-Bus error name ("org.freedesktop.systemd1.NoSuchUnit"),
/// or "System.Error.…" for a failure of our own side.
class BusError : public std::runtime_error {
  public:
    BusError(const std::string &what, std::string name) : std::runtime_error(what), name_(std::move(name)) {}
    const std::string &name() const { return name_; }

  private:
    std::string name_;
};

/// Throws BusError when `result` is a negative errno value; otherwise returns it. `doing` completes "cannot
/// …".
int check_bus(int result, const std::string &doing);

/// What a call of sd-bus says of its failure, released by itself.
struct BusErrorHolder {
    BusErrorHolder() = default;
    BusErrorHolder(const BusErrorHolder &) = delete;
    BusErrorHolder &operator=(const BusErrorHolder &) = delete;
    ~BusErrorHolder() { sd_bus_error_free(&error); }
    sd_bus_error error{nullptr, nullptr, 0}; // SD_BUS_ERROR_NULL, which is C alone
};

struct BusMessageRelease {
    void operator()(sd_bus_message *message) const { sd_bus_message_unref(message); }
};
using BusMessage = std::unique_ptr<sd_bus_message, BusMessageRelease>;

struct BusSlotRelease {
    void operator()(sd_bus_slot *slot) const { sd_bus_slot_unref(slot); }
};
/// Keeps a match or an object registered for as long as it lives.
using BusSlot = std::unique_ptr<sd_bus_slot, BusSlotRelease>;

/// Where a method or property is found.
struct BusTarget {
    std::string service;
    std::string path;
    std::string interface;
};

/// One connection. Not for use by several threads at once (sd_bus(3)).
class Bus {
  public:
    /// A private connection to the system bus. Throws BusError.
    static Bus system();
    /// Takes over a connection made elsewhere.
    explicit Bus(sd_bus *connection);

    sd_bus *get() const { return connection_.get(); }

    /// A method call without its arguments: append them with sd_bus_message_append, then call().
    BusMessage method(const BusTarget &target, const std::string &member);
    /// Sends and waits for the answer. `doing` completes "cannot …" in the message of the BusError.
    BusMessage call(const BusMessage &message, const std::string &doing,
                    std::chrono::microseconds time_limit = std::chrono::seconds(30));
    /// Shorthand for a method whose arguments are all strings.
    BusMessage call_with_strings(const BusTarget &target, const std::string &member,
                                 const std::vector<std::string> &arguments, const std::string &doing);

    std::string string_property(const BusTarget &target, const std::string &name);
    /// Of D-Bus type `i`.
    int int_property(const BusTarget &target, const std::string &name);
    /// Of D-Bus type `t`.
    std::uint64_t uint64_property(const BusTarget &target, const std::string &name);

    /// Calls `on_signal` for each matching signal while wait_until() runs, for as long as the slot lives.
    /// An exception of the handler comes out of wait_until().
    BusSlot match_signal(const BusTarget &target, const std::string &member,
                         std::function<void(sd_bus_message *)> on_signal);

    /// Handles what arrives until `done` is true (returns true) or the time is over or a stop is requested
    /// (returns false). Throws BusError when the connection breaks.
    bool wait_until(const std::function<bool()> &done, std::chrono::steady_clock::time_point deadline,
                    const std::stop_token &stop = {});
    /// Handles what has already arrived, without waiting.
    void process_pending();

  private:
    struct Release {
        void operator()(sd_bus *connection) const { sd_bus_flush_close_unref(connection); }
    };
    struct Handler;
    void rethrow_failure();

    std::unique_ptr<sd_bus, Release> connection_;
    /// What a signal handler threw; on the heap so that it stays in place when the Bus is moved.
    std::unique_ptr<std::exception_ptr> failure_;
};

} // namespace partitions::base
