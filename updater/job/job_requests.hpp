// The requests that begin or end a job, and their errors. An interface: the bus and the schedule ask, the
// agent answers.
#pragma once

#include "updater/job/install_options.hpp"
#include "updater/messages/coded.hpp"

#include <stdexcept>
#include <string>

namespace updater::job {

/// Another job runs; the message says which and how to watch it. On the bus: org.updatecontrol.Error.Busy.
class Busy : public std::runtime_error, public messages::CodeIs<messages::Code::busy> {
  public:
    using std::runtime_error::runtime_error;
};

/// The request makes no sense in this state of the appliance (cancel after phase 2, rollback without a
/// previous system, rollback after the commit without force); the message says which state, and what is
/// possible. On the bus: org.updatecontrol.Error.NotPossible.
class NotPossible : public std::runtime_error, public messages::CodeIs<messages::Code::not_possible> {
  public:
    using std::runtime_error::runtime_error;
};

/// The requests that begin or end a job. They return soon: the job has a thread of its own.
class JobRequests {
  public:
    virtual ~JobRequests() = default;

    /// Whether a job runs, so that another one cannot begin.
    virtual bool busy() const = 0;

    /// Begins an upgrade and returns the job's id. `source`: "" (newest downloaded firmware, else the
    /// configured URL), an absolute path or an https URL. Throws Refused, Busy.
    virtual std::string install(const std::string &source, const InstallOptions &options) = 0;

    /// Begins a download and returns the job's id. `source`: "" (the configured URL) or an https URL. Throws
    /// Busy.
    virtual std::string download(const std::string &source) = 0;

    /// Asks the running job to stop; returns before it has stopped. Throws NotPossible when nothing runs or
    /// when the job is past phase 2.
    virtual void cancel() = 0;

    /// Rolls back a running job, or begins a rollback to the previous system. Throws NotPossible, and Refused
    /// when the previous system is older than what is acceptable, which `force` does not change.
    virtual void rollback(bool force) = 0;
};

} // namespace updater::job
