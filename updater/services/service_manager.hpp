// Interface to the service manager: the state of units, stopping and starting them, restarting the machine.
#pragma once

#include "updater/messages/coded.hpp"

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

namespace updater::services {

/// The four words of org.freedesktop.systemd1(5), Unit interface.
struct UnitState {
    std::string load_state;      ///< "loaded", "not-found", "masked", "error", …
    std::string active_state;    ///< "active", "inactive", "failed", "activating", …
    std::string sub_state;       ///< "running", "exited", "dead", …
    std::string unit_file_state; ///< "enabled", "disabled", "static", "masked", … or ""

    /// Runs, or is about to run.
    bool is_active() const {
        return active_state == "active" || active_state == "reloading" || active_state == "activating";
    }
    /// Does not start with the machine.
    bool is_switched_off() const { return unit_file_state == "disabled" || unit_file_state == "masked"; }
    /// Nothing can start it now.
    bool is_masked() const { return load_state == "masked" || unit_file_state.starts_with("masked"); }
    bool is_failed() const { return active_state == "failed"; }
    bool operator==(const UnitState &) const = default;
};

/// A unit that is masked, or disabled although the vendor's preset would enable it.
struct SwitchedOffUnit {
    std::string name;
    bool runs = false; ///< although it is switched off and no loaded unit wants it
    bool operator==(const SwitchedOffUnit &) const = default;
};

/// The service manager did not answer or refused, or a unit did not stop or start. what() says which unit and
/// what to do.
class ServiceError : public std::runtime_error, public messages::CodeIs<messages::Code::service_failed> {
  public:
    using std::runtime_error::runtime_error;
};

/// A unit did not stop within the time limit; what() names the processes that still run.
class StopTimedOut : public ServiceError {
  public:
    using ServiceError::ServiceError;
    messages::Code code() const override { return messages::Code::unit_did_not_stop; }
};

/// A unit failed to start or did not start within the time limit.
class StartFailed : public ServiceError {
  public:
    using ServiceError::ServiceError;
    messages::Code code() const override { return messages::Code::unit_did_not_start; }
};

class ServiceManager {
  public:
    virtual ~ServiceManager() = default;

    /// For a unit that does not exist: load_state "not-found", active_state "inactive". Throws ServiceError.
    virtual UnitState state(const std::string &unit) = 0;
    /// Of several units in one call, so that it can be asked often: without the unit_file_state. Throws
    /// ServiceError.
    virtual std::vector<UnitState> states(const std::vector<std::string> &units) = 0;
    /// Units that stop and start along with this one (PartOf=), such as the instance postfix@-.service of
    /// Debian 12's postfix.service, which itself is active even when that one failed. Throws ServiceError.
    virtual std::vector<std::string> parts(const std::string &unit) = 0;
    /// Whether a job to start or stop it is queued or running, as after a start of the machine. Throws
    /// ServiceError.
    virtual bool has_job(const std::string &unit) = 0;
    /// Whether the start of the machine is not finished yet. Throws ServiceError.
    virtual bool is_machine_starting() = 0;
    /// The units that are in the failed state, without transient ones. Throws ServiceError.
    virtual std::vector<std::string> failed_units() = 0;
    /// Whether the unit is masked, or disabled although the vendor's preset would enable it and no loaded
    /// unit wants it. Throws ServiceError.
    virtual bool is_switched_off(const std::string &unit) = 0;
    /// All units that are masked or disabled, without templates and without units that run because a timer, a
    /// socket or another unit wants them. Takes seconds on a slow machine. Throws ServiceError.
    virtual std::vector<SwitchedOffUnit> switched_off_units() = 0;
    /// Returns when the unit and its parts have stopped, at once if it does not run. Throws StopTimedOut,
    /// ServiceError.
    virtual void stop(const std::string &unit, std::chrono::seconds time_limit) = 0;
    /// Returns when the unit has started (for a oneshot: has run) and none of its parts failed. Throws
    /// StartFailed, ServiceError.
    virtual void start(const std::string &unit, std::chrono::seconds time_limit) = 0;
    /// Reads all unit files again and runs the generators; running units keep running. Throws ServiceError.
    virtual void reload() = 0;
    /// Requests an orderly restart of the machine. Returns as soon as the request is accepted. Throws
    /// ServiceError.
    virtual void restart_machine() = 0;
};

} // namespace updater::services
