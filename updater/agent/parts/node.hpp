// What this node of a cluster is asked for, and the product's programs that answer it.
#pragma once

#include "updater/agent/node_work.hpp"
#include "updater/agent/parts/reports.hpp"
#include "updater/health/vendor_checks.hpp"
#include "updater/node/mail_queue.hpp"
#include "updater/node/product_programs.hpp"

#include <functional>

namespace updater::agent::parts {

/// Closes the mail gate if mail was stopped on request. Before any job runs. Throws nothing: what fails is
/// printed, and whoever asks for the state is told that mail flows.
void hold_back_drained_mail(node::Drain &drain);

/// Runners of its own: a job may run, and uses the machine's. One for each thread.
struct Node {
    /// `job_stopped_in_the_middle`: see NodeWork::Surroundings. All references outlive this object.
    Node(Machine &machine, Reports &reports, std::function<bool()> job_stopped_in_the_middle);
    Node(const Node &) = delete;
    Node &operator=(const Node &) = delete;

    services::SystemdServiceManager services;
    hooks::runner::SystemdHookRunner queue_runner{hooks::runner::ProgramsOf::queue};
    hooks::runner::SystemdHookRunner runner{hooks::runner::ProgramsOf::node};
    node::ProductPrograms queue_programs;
    node::ProductPrograms programs;
    node::MailQueue queue;
    node::Role role;
    health::VendorChecks checks;
    NodeWork work;
};

} // namespace updater::agent::parts
