// Many simulated appliances against one hawkBit server, with the client's own code. Prints one JSON object a
// line for each thing that happens.
#include "tests/fleet/simulated_device.hpp"
#include "tests/support/file_contents.hpp"
#include "updater/cancelled.hpp"

#include <csignal>
#include <iostream>
#include <map>
#include <mutex>
#include <queue>
#include <string_view>
#include <thread>

namespace {

constexpr const char *usage =
    "Usage: simulated_devices --server URL --gateway-token T [--tenant DEFAULT] [--count N] [--prefix dev]\n"
    "           [--versions FROM] [--fail-share P] [--seed S] [--seconds-per-phase X] [--product NAME]\n"
    "           [--authority FILE] [--threads N] [--min-poll SECONDS] [--for SECONDS] [--confirm auto|ask]\n"
    "           [--restarts] [--show-polls]\n"
    "Device 1 is dev0001. --restarts: each client ends and starts again before each thing that it does.\n"
    "Prints a JSON object a line: {\"time_ms\", \"event\", \"device\", …}; event is said (text), phase (job, "
    "phase),\n"
    "idle (version, last), polled (status), problem (text); at the end summary (versions: how many run "
    "which).\n"
    "Ends after --for seconds, or at SIGTERM or SIGINT.\n";

FleetOptions read_options(int count, char **words) {
    FleetOptions options;
    for (int at = 1; at < count; ++at) {
        const std::string_view word = words[at];
        const auto value = [&]() -> std::string {
            if (at + 1 >= count)
                throw std::runtime_error(std::string(word) + " needs a value");
            return words[++at];
        };
        const auto number = [&] { return static_cast<unsigned>(std::stoul(value())); };
        if (word == "--server")
            options.server = value();
        else if (word == "--tenant")
            options.tenant = value();
        else if (word == "--count")
            options.count = number();
        else if (word == "--prefix")
            options.prefix = value();
        else if (word == "--gateway-token")
            options.gateway_token = value();
        else if (word == "--authority")
            options.authority = test_files::read_file(value());
        else if (word == "--versions")
            options.version = value();
        else if (word == "--product")
            options.product = value();
        else if (word == "--fail-share")
            options.fail_share = std::stod(value());
        else if (word == "--seed")
            options.seed = number();
        else if (word == "--seconds-per-phase")
            options.seconds_per_phase = std::stod(value());
        else if (word == "--threads")
            options.threads = std::max(1U, number());
        else if (word == "--min-poll")
            options.min_poll_seconds = std::max(1U, number());
        else if (word == "--for")
            options.run_seconds = number();
        else if (word == "--confirm")
            options.asks_for_confirmation = value() == "ask";
        else if (word == "--restarts")
            options.restarts = true;
        else if (word == "--show-polls")
            options.shows_polls = true;
        else
            throw std::runtime_error("unknown option " + std::string(word));
    }
    if (options.server.empty() || options.gateway_token.empty())
        throw std::runtime_error("--server and --gateway-token are needed");
    return options;
}

/// Events of all threads, each in one line.
class Output {
  public:
    void tell(nlohmann::json event) {
        event["time_ms"] = std::chrono::duration_cast<std::chrono::milliseconds>(
                               std::chrono::system_clock::now().time_since_epoch())
                               .count();
        const std::lock_guard lock(mutex_);
        std::cout << event.dump() << std::endl;
    }

  private:
    std::mutex mutex_;
};

void run_devices(std::vector<SimulatedDevice *> devices, const std::stop_token &stop, Output &output) {
    using Due = std::pair<SimulatedDevice::Time, SimulatedDevice *>;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> queue;
    for (SimulatedDevice *device : devices)
        queue.emplace(device->due(), device);
    constexpr std::chrono::milliseconds max_sleep(200);
    while (!stop.stop_requested() && !queue.empty()) {
        const auto now = std::chrono::system_clock::now();
        const auto [due, device] = queue.top();
        if (due > now) {
            std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(due - now, max_sleep));
            continue;
        }
        queue.pop();
        try {
            device->run();
        } catch (const updater::Cancelled &) {
            return;
        } catch (const std::exception &error) {
            output.tell({{"event", "problem"}, {"text", error.what()}});
        }
        queue.emplace(device->due(), device);
    }
}

void run_fleet(const FleetOptions &options, const sigset_t &signals) {
    Output output;
    std::stop_source stop;
    std::vector<std::unique_ptr<SimulatedDevice>> devices;
    std::vector<std::vector<SimulatedDevice *>> shares(options.threads);
    for (unsigned number = 1; number <= options.count; ++number) {
        devices.push_back(std::make_unique<SimulatedDevice>(
            options, number, stop.get_token(), [&](nlohmann::json event) { output.tell(std::move(event)); }));
        shares[number % options.threads].push_back(devices.back().get());
    }
    {
        std::vector<std::jthread> threads;
        for (const auto &share : shares)
            threads.emplace_back([&, share] { run_devices(share, stop.get_token(), output); });
        const timespec limit{static_cast<time_t>(options.run_seconds), 0};
        if (options.run_seconds > 0)
            sigtimedwait(&signals, nullptr, &limit);
        else
            sigwaitinfo(&signals, nullptr);
        stop.request_stop();
    }
    std::map<std::string, int> versions;
    for (const auto &device : devices)
        ++versions[device->version()];
    output.tell({{"event", "summary"}, {"versions", versions}});
}

} // namespace

int main(int count, char **words) {
    if (count == 2 && std::string_view(words[1]) == "--help") {
        std::cout << usage;
        return 0;
    }
    try {
        sigset_t signals;
        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        sigaddset(&signals, SIGINT);
        pthread_sigmask(SIG_BLOCK, &signals, nullptr);
        run_fleet(read_options(count, words), signals);
        return 0;
    } catch (const std::exception &error) {
        std::cerr << "simulated_devices: " << error.what() << "\n" << usage;
        return 1;
    }
}
