// Calls the agent over the bus. Knows the names of the interface and its errors, not the meaning of the
// documents.
#pragma once

#include "updater/job/install_options.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <systemd/sd-bus.h>

namespace updater::control {

/// The agent or the bus does not answer; a later call may succeed.
class AgentUnreachable : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The agent answered with an error.
class AgentError : public std::runtime_error {
  public:
    /// `name`: the D-Bus error's.
    AgentError(std::string name, const std::string &message)
        : std::runtime_error(message), name_(std::move(name)) {}
    const std::string &name() const { return name_; }

  private:
    std::string name_;
};

/// The agent limits how often a user is answered, and this call was one too many; a later one succeeds.
class AgentLimitsCalls : public AgentError {
  public:
    using AgentError::AgentError;
};

/// What a snapshot of the settings is encrypted with.
struct SnapshotKeys {
    std::string password; // any bytes
    std::string pem;      // a certificate, or a key to decrypt
};

/// A connection to the system bus, opened for the first call and again after it was lost. Every call waits
/// for the answer, 10 seconds at most (60 if checks may run before the answer), and throws AgentUnreachable
/// or AgentError. Documents are returned as the agent sent them.
class Client {
  public:
    /// Both return the job's id.
    std::string install(const std::string &source, const job::InstallOptions &options);
    std::string download(const std::string &source);
    void cancel();
    void roll_back(bool force);
    /// Removes the previous system if `really`. Returns the agent's document of what that frees.
    std::string drop_previous(bool really, bool force);
    void set_install_rate(std::uint64_t mib_per_second);
    /// Begins a check of the feed. `about_to_install`: the caller installs next, so the agent downloads
    /// nothing by itself.
    void check(bool about_to_install);
    /// Begins to check whether firmware can be installed; checks() shows what was found. Returns the number
    /// of the check.
    std::uint64_t check_firmware(const std::string &source);
    /// Begins to compare partitions; verification() shows what was found.
    void verify(const std::string &slots);
    /// Begins to copy the running system to the rescue partition; state() shows how far it is.
    void back_up(bool force);
    /// Begins to compare the rescue copy and to restart into it if `really`. Returns the agent's document of
    /// that copy.
    std::string restore_copy(bool really);
    /// As check_firmware(), and finds out what an installation would do.
    std::uint64_t dry_run(const std::string &source, const job::InstallOptions &options);
    /// Both return the agent's document of the new state.
    std::string schedule(const std::string &source, bool force, const std::string &calendar);
    std::string postpone(const std::string &calendar);
    void cancel_scheduled();
    /// WindowOpens on the bus.
    void something_may_be_due();
    /// Waits for the answer no longer than that.
    std::string state(std::chrono::seconds max_wait = std::chrono::seconds(10));
    std::string firmware();
    std::string checks();
    std::string verification();
    std::string history();
    /// All three return the number of the work that the agent begins; snapshots() shows its end. `file`: an
    /// open regular file.
    std::uint64_t snapshot(const std::string &verb, const std::string &name);
    std::uint64_t export_snapshot(const std::string &name, int file, const SnapshotKeys &keys);
    std::uint64_t import_snapshot(const std::string &name, int file, const SnapshotKeys &keys);
    std::string snapshots();
    /// Mail from outside is refused on return; queue() shows what is left.
    void drain(bool keep_over_restart, std::uint64_t max_wait_seconds);
    void resume();
    std::string queue();
    /// Both return the number of the work that the agent begins; node() shows its end.
    std::uint64_t role(const std::string &verb);
    std::uint64_t test_message();
    std::string node();
    std::string events(std::uint64_t after_sequence);

    /// The unique bus name of the agent that gave the last answer; it changes when the agent restarts. ""
    /// before the first answer.
    const std::string &answered_by() const { return answered_by_; }

  private:
    struct Closer {
        void operator()(sd_bus *bus) const { sd_bus_flush_close_unref(bus); }
        void operator()(sd_bus_message *message) const { sd_bus_message_unref(message); }
    };
    using Message = std::unique_ptr<sd_bus_message, Closer>;

    Message new_call(const char *method);
    Message send(Message call, std::uint64_t microseconds);
    std::string send_for_text(Message call, std::uint64_t microseconds);
    std::uint64_t send_for_number(Message call);
    std::uint64_t exchange_snapshot(const char *method, const std::string &name, int file,
                                    const SnapshotKeys &keys);

    std::unique_ptr<sd_bus, Closer> bus_;
    std::string answered_by_;
};

} // namespace updater::control
