// A client whose server and agent misbehave on demand, and that can be started again with what it has kept.
#pragma once

#include "tests/support/fake_hawkbit.hpp"
#include "tests/support/fake_storage.hpp"
#include "tests/support/simulated_agent.hpp"
#include "updater/hawkbit/device.hpp"

#include <CppUTest/TestHarness.h>

#include <functional>
#include <memory>
#include <string>

/// Answers some requests as a proxy on the way may, without the server.
class HinderedHawkbit : public FakeHawkbit {
  public:
    std::function<long(const updater::hawkbit::Request &)> status_on_the_way; ///< 0: it reaches the server

    updater::hawkbit::Answer exchange(const updater::hawkbit::Request &request) override {
        if (const long found = status_on_the_way ? status_on_the_way(request) : 0; found != 0) {
            ++hindered;
            return {found, "", {}};
        }
        return FakeHawkbit::exchange(request);
    }
    int hindered = 0;
};

class HinderedAgent : public SimulatedAgent {
  public:
    using SimulatedAgent::SimulatedAgent;
    std::function<void()> before_cancel; ///< may throw: the agent isn't reached
    std::function<void()> after_cancel;  ///< may throw: its answer is lost

    void cancel() override {
        if (before_cancel)
            before_cancel();
        SimulatedAgent::cancel();
        if (after_cancel)
            after_cancel();
    }
};

struct DeviceBench : Utest {
    std::chrono::system_clock::time_point now = std::chrono::sys_days(std::chrono::year(2026) / 12 / 1);
    HinderedHawkbit server;
    HinderedAgent agent{"2.8.0.0", [this] { return now; }, std::chrono::seconds(60),
                        [](const std::string &) { return "succeeded"; }};
    partitions_test::FakeStorage storage;
    updater::hawkbit::DeviceSettings settings;
    std::unique_ptr<updater::hawkbit::StateFile> file;
    std::unique_ptr<updater::hawkbit::Device> device;

    void setup() override {
        storage.put_directory("/data");
        agent.feed.has_feed = true;
        agent.feed.newer = {{"2.8.1.0", "https://feed/2.8.1.0.fw", "2.8.0.0", false}};
        start();
    }
    void start() {
        device.reset();
        file = std::make_unique<updater::hawkbit::StateFile>(storage, "/data/state.json");
        device = std::make_unique<updater::hawkbit::Device>(
            settings, server, agent, *file, [this] { return now; }, [](const std::string &) {});
    }
    void start_without_state() {
        storage.remove("/data/state.json");
        start();
    }
    /// What would be read if the client were killed now.
    updater::hawkbit::DeviceState kept() {
        return updater::hawkbit::StateFile(storage, "/data/state.json").load().state;
    }
    void poll_after(std::chrono::seconds time) {
        now += time;
        static_cast<void>(device->poll());
    }
    void run_for(std::chrono::minutes time) {
        for (const auto end = now + time; now < end;)
            now += std::min<std::chrono::milliseconds>(
                device->poll(), std::chrono::ceil<std::chrono::milliseconds>(end - now));
    }
    std::string told(std::size_t action) {
        std::string text;
        for (const std::string &word : server.action(action).told)
            text += (text.empty() ? "" : ", ") + word;
        return text;
    }
    void check_orders(const char *expected) {
        std::string text;
        for (const std::string &order : agent.orders)
            text += (text.empty() ? "" : ", ") + order;
        STRCMP_EQUAL(expected, text.c_str());
    }
};
