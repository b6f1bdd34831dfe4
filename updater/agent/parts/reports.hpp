// What is told of a job and of firmware: the status, the log, the notices.
#pragma once

#include "updater/agent/mail_watch.hpp"
#include "updater/agent/parts/checks.hpp"
#include "updater/agent/parts/machine.hpp"
#include "updater/bus/bus_notice_queue.hpp"
#include "updater/node/drain.hpp"
#include "updater/notices/announcements.hpp"
#include "updater/progress/history.hpp"
#include "updater/progress/log_observer.hpp"

namespace updater::agent::parts {

/// Whether mail flows. Has connections of its own: the job's thread uses the machine's.
struct MailParts {
    MailParts(const Machine &machine, progress::JobStatus &status, const node::Drain &drain);
    MailParts(const MailParts &) = delete;
    MailParts &operator=(const MailParts &) = delete;

    services::SystemdServiceManager services;
    services::NftablesMailGate gate;
    network::TcpGreetingProbe probe;
    health::MailFlow flow;
    MailWatch watch;
};

struct Reports {
    /// All references outlive this object.
    Reports(Machine &machine, Checks &checks);
    Reports(const Reports &) = delete;
    Reports &operator=(const Reports &) = delete;

    bus::NoticeQueue notice_signals;
    notices::NoticeBoard board;
    notices::Announcements announcements;
    progress::History history;
    progress::JobStatus status;
    node::Drain drain;
    MailParts mail;
    progress::LogObserver observer;
};

} // namespace updater::agent::parts
