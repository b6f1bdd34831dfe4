// The fake agent behind the real bus object, on a private bus, in a thread of its own.
#pragma once

#include "tests/support/fake_agent.hpp"
#include "tests/support/private_bus.hpp"
#include "updater/bus/bus_service.hpp"

#include <atomic>
#include <exception>
#include <thread>
#include <unistd.h>
#include <utility>

class ServedAgent {
  public:
    /// `privileged_user`: who may change something; whoever runs the test, unless it tests that others may
    /// not.
    explicit ServedAgent(const PrivateBus &bus, uid_t privileged_user = getuid())
        : ServedAgent(bus, updater::bus::BusRights{.privileged_user = privileged_user}) {}

    ServedAgent(const PrivateBus &bus, updater::bus::BusRights rights)
        : service_(agent, notices, updater::bus::take_agent_name(bus.connect()), std::move(rights)) {
        agent.status.on_change([this] { service_.announce_state(); });
        thread_ = std::jthread([this](const std::stop_token &stop) {
            try {
                service_.run(stop);
            } catch (const std::exception &) {
                failure = std::current_exception();
                failed = true;
            }
        });
    }
    ~ServedAgent() {
        // The job announces its changes on the service, so it ends first.
        agent.end_job();
        stop();
    }
    ServedAgent(const ServedAgent &) = delete;
    ServedAgent &operator=(const ServedAgent &) = delete;

    void stop() {
        thread_.request_stop();
        if (thread_.joinable())
            thread_.join();
    }
    updater::bus::BusService &service() { return service_; }

    std::atomic<bool> failed{false};
    std::exception_ptr failure; // read after stop()
    FakeAgent agent;
    updater::bus::NoticeQueue notices;

  private:
    updater::bus::BusService service_;
    std::jthread thread_;
};
