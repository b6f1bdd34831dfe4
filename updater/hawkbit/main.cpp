// update-hawkbit: the service, and what people ask of it. Runs as the user update-hawkbit, whom polkit lets
// order the agent.
#include "partitions/base/termination.hpp"
#include "partitions/durable.hpp"
#include "partitions/layout.hpp"
#include "partitions/posix_storage.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/hawkbit/access_files.hpp"
#include "updater/hawkbit/bus_agent.hpp"
#include "updater/hawkbit/client_bus_names.hpp"
#include "updater/hawkbit/client_service.hpp"
#include "updater/hawkbit/controller_id.hpp"
#include "updater/hawkbit/http_server.hpp"
#include "updater/hawkbit/no_answer.hpp"
#include "updater/hawkbit/program_options.hpp"
#include "updater/hawkbit/status_report.hpp"
#include "updater/refusal.hpp"

#include <fcntl.h>
#include <functional>
#include <iostream>
#include <malloc.h>
#include <random>
#include <sys/file.h>

namespace updater::hawkbit {
namespace {

constexpr int exit_usage = 2;

/// All that a device is made of, on an appliance.
class Parts {
  public:
    explicit Parts(const std::stop_token &stop) : agent_(stop) {
        const ClientSettings settings = parse_client_settings(
            partitions::read_whole_file(storage_, layout_.hawkbit_settings, max_client_settings_bytes),
            layout_.hawkbit_settings.string());
        const configuration::Appliance appliance =
            configuration::parse_appliance(partitions::read_whole_file(storage_, partitions::appliance_file,
                                                                       configuration::max_appliance_bytes),
                                           partitions::appliance_file.string());
        take_lock();
        controller_ = controller_id(settings);
        server_url_ = settings.server;
        constexpr uid_t root = 0;
        server_.emplace(address_of_controller(settings, controller_),
                        read_access_files(storage_, settings, root), layout_.certificate_folder, stop);
        DeviceSettings device;
        device.product = appliance.product;
        device.module = settings.module;
        device.distribution_set = settings.distribution_set;
        device.confirmation = settings.confirmation;
        device.seed =
            static_cast<std::uint32_t>(std::hash<std::string>()(controller_) ^ std::random_device()());
        device_.emplace(device, *server_, agent_, file_, std::chrono::system_clock::now,
                        [](const std::string &line) { std::cerr << line << std::endl; });
    }

    Device &device() { return *device_; }
    nlohmann::json about() const { return {{"server", server_url_}, {"controller", controller_}}; }

  private:
    void take_lock() {
        lock_ = partitions::base::FileDescriptor(::open((layout_.hawkbit_state / "lock").c_str(),
                                                        O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!lock_.valid() || ::flock(lock_.number(), LOCK_EX | LOCK_NB) != 0)
            throw Refused("the client runs already, or " + layout_.hawkbit_state.string() +
                              " is not its user's",
                          "See: systemctl status update-hawkbit. As its user: runuser -u update-hawkbit -- "
                          "update-hawkbit --once",
                          messages::Code::rollout_client_runs);
    }

    const partitions::Layout layout_;
    partitions::PosixStorage storage_;
    partitions::base::FileDescriptor lock_;
    std::string server_url_;
    std::string controller_;
    BusAgent agent_;
    StateFile file_{storage_, layout_.hawkbit_state / "state.json"};
    std::optional<HttpServer> server_;
    std::optional<Device> device_;
};

int serve() {
    const partitions::base::Termination termination;
    // Two threads, and little to allocate: one heap keeps the process small.
    mallopt(M_ARENA_MAX, 1);
    Parts parts(termination.token());
    constexpr int max_first_wait_ms = 10'000;
    std::random_device random;
    ClientService service(
        parts.device(), partitions::base::Bus::system(), parts.about(),
        std::chrono::milliseconds(std::uniform_int_distribution(0, max_first_wait_ms)(random)));
    service.run(termination.token());
    return 0;
}

int show(const nlohmann::json &status, bool as_json) {
    std::cout << (as_json ? status.dump() + "\n" : status_report(status)) << std::flush;
    return std::cout ? 0 : exit_failed;
}

int poll_once(const ProgramOptions &options) {
    const partitions::base::Termination termination;
    Parts parts(termination.token());
    parts.device().poll();
    nlohmann::json status = parts.device().status();
    status.update(parts.about());
    const int shown = show(status, options.json);
    return status["problem"] == "" ? shown : exit_failed;
}

int ask_service(const ProgramOptions &options) {
    // A poll or a refresh of the feed may be under way in the service.
    constexpr std::chrono::seconds time_limit(120);
    partitions::base::Bus bus = partitions::base::Bus::system();
    const partitions::base::BusTarget target{client_bus_name, client_object_path, client_interface};
    if (options.verb == Verb::poll) {
        bus.call(bus.method(target, "Poll"), "ask the service to poll", time_limit);
        return 0;
    }
    if (options.verb == Verb::status) {
        const auto reply =
            bus.call(bus.method(target, "GetStatus"), "ask the service for its status", time_limit);
        const char *text = nullptr;
        partitions::base::check_bus(sd_bus_message_read(reply.get(), "s", &text), "read the status");
        return show(nlohmann::json::parse(text), options.json);
    }
    const auto call = bus.method(target, "Answer");
    partitions::base::check_bus(sd_bus_message_append(call.get(), "bs", options.verb == Verb::confirm ? 1 : 0,
                                                      options.remark.c_str()),
                                "make the answer");
    bus.call(call, "answer the server's question", time_limit);
    return 0;
}

int carry_out(const ProgramOptions &options) {
    switch (options.verb) {
    case Verb::help:
        std::cout << usage_text();
        return 0;
    case Verb::version:
        std::cout << "update-hawkbit " UPDATE_CONTROL_VERSION "\n";
        return 0;
    case Verb::service:
        return serve();
    case Verb::once:
        return poll_once(options);
    default:
        return ask_service(options);
    }
}

} // namespace
} // namespace updater::hawkbit

int main(int count, char **words) {
    using namespace updater::hawkbit;
    try {
        return carry_out(read_program_options(count, words));
    } catch (const UsageError &error) {
        std::cerr << "update-hawkbit: " << error.what() << "\nSee: update-hawkbit --help\n";
        return exit_usage;
    } catch (const updater::Refused &refused) {
        std::cerr << "update-hawkbit: " << refused.what() << " ["
                  << updater::messages::text_of(refused.code()) << "]\n"
                  << refused.next_step() << "\n";
        return exit_failed;
    } catch (const partitions::base::BusError &error) {
        const NoAnswer no_answer = what_no_answer_means(error.name());
        std::cerr << "update-hawkbit: " << error.what() << "\n" << no_answer.advice;
        return no_answer.exit_code;
    } catch (const std::exception &error) {
        std::cerr << "update-hawkbit: " << error.what() << "\n";
        return exit_failed;
    }
}
