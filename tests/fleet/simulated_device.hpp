// One of many appliances that exist in memory only: the real client, with a simulated agent and disk.
#pragma once

#include "tests/support/fake_storage.hpp"
#include "tests/support/simulated_agent.hpp"
#include "updater/hawkbit/device.hpp"
#include "updater/hawkbit/http_server.hpp"

#include <functional>
#include <memory>
#include <random>
#include <string>

struct FleetOptions {
    std::string server;
    std::string tenant = "DEFAULT";
    std::string prefix = "dev";
    std::string gateway_token;
    std::string authority; ///< PEM; empty: those of the machine
    std::string version = "2.8.0.0";
    std::string product = "mailsec";
    unsigned count = 1;
    unsigned threads = 4;
    unsigned seed = 1;
    double fail_share = 0;
    double seconds_per_phase = 1;
    unsigned run_seconds = 0; ///< 0: until it is told to end
    unsigned min_poll_seconds = 1;
    bool asks_for_confirmation = false;
    bool restarts = false; ///< the client ends and starts before each thing it does
    bool shows_polls = false;
};

class SimulatedDevice {
  public:
    using Time = std::chrono::system_clock::time_point;
    /// Gets what happens: "event" and more.
    using Tell = std::function<void(nlohmann::json event)>;

    SimulatedDevice(const FleetOptions &options, unsigned number, std::stop_token stop, Tell tell);

    /// When there is something to do.
    Time due() const;
    /// Does it.
    void run();

    std::string version() { return agent_.state().running_version; }
    nlohmann::json status() const { return device_->status(); }

  private:
    void make_device();
    void poll();
    void tell_change();

    const FleetOptions &options_;
    const std::string name_;
    const Tell tell_;
    std::minstd_rand random_;
    SimulatedAgent agent_;
    partitions_test::FakeStorage storage_;
    std::unique_ptr<updater::hawkbit::StateFile> file_;
    updater::hawkbit::HttpServer server_;
    std::unique_ptr<updater::hawkbit::Device> device_;
    Time next_poll_;
    std::string shown_; ///< of the agent
};
