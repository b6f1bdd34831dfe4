#include "tests/fleet/simulated_device.hpp"

using namespace updater;

namespace {

constexpr const char *folder = "/state";

std::string device_name(const FleetOptions &options, unsigned number) {
    const std::string digits = std::to_string(number);
    constexpr std::size_t width = 4;
    return options.prefix + std::string(digits.size() < width ? width - digits.size() : 0, '0') + digits;
}

std::string address_of(const FleetOptions &options, unsigned number) {
    hawkbit::ClientSettings settings;
    settings.server = options.server;
    settings.tenant = options.tenant;
    return hawkbit::address_of_controller(settings, device_name(options, number));
}

hawkbit::Access access_of(const FleetOptions &options) {
    hawkbit::Access access;
    access.connection.certificate_authority = options.authority;
    access.connection.give_up_time = std::chrono::seconds(30);
    access.authorization = "GatewayToken " + options.gateway_token;
    return access;
}

/// A feed with many later versions, all of which can be installed on the first one.
std::vector<hawkbit::OfferedFirmware> later_than(const std::string &text) {
    constexpr std::uint32_t patches = 30;
    const firmware::Version from = firmware::Version::parse(text);
    std::vector<std::uint32_t> numbers;
    for (std::size_t at = 0; at < text.size();
         at = text.find('.', at) == std::string::npos ? text.size() : text.find('.', at) + 1)
        numbers.push_back(static_cast<std::uint32_t>(std::stoul(text.substr(at))));
    std::vector<hawkbit::OfferedFirmware> found;
    for (std::uint32_t major = numbers[0] + 2; major >= numbers[0]; --major)
        for (std::uint32_t minor = numbers[1] + 2;; --minor) {
            for (std::uint32_t patch = patches + 1; patch-- > 0;) {
                const firmware::Version version(major, minor, patch, 0);
                if (version > from)
                    found.push_back({version.text(), "https://feed/" + version.text() + ".fw", text, false});
            }
            if (minor == 0)
                break;
        }
    return found;
}

} // namespace

SimulatedDevice::SimulatedDevice(const FleetOptions &options, unsigned number, std::stop_token stop,
                                 Tell tell)
    : options_(options), name_(device_name(options, number)), tell_(std::move(tell)),
      random_(options.seed * 7919U + number),
      agent_(options.version, std::chrono::system_clock::now,
             std::chrono::milliseconds(static_cast<std::int64_t>(options.seconds_per_phase * 1000)),
             [this](const std::string &) {
                 return std::uniform_real_distribution<>(0, 1)(random_) < options_.fail_share ? "rolled-back"
                                                                                              : "succeeded";
             }),
      server_(address_of(options, number), access_of(options), "/etc/ssl/certs", std::move(stop)) {
    agent_.feed.has_feed = true;
    agent_.feed.newer = later_than(options.version);
    storage_.put_directory(folder);
    make_device();
    // Spread over the first interval, as appliances are.
    std::uniform_int_distribution<int> spread(0, static_cast<int>(options.min_poll_seconds) * 1000);
    next_poll_ = std::chrono::system_clock::now() + std::chrono::milliseconds(spread(random_));
}

void SimulatedDevice::make_device() {
    device_.reset();
    file_ = std::make_unique<hawkbit::StateFile>(storage_, std::string(folder) + "/state.json");
    hawkbit::DeviceSettings settings;
    settings.product = options_.product;
    settings.confirmation = options_.asks_for_confirmation ? hawkbit::Confirmation::ask_a_person
                                                           : hawkbit::Confirmation::automatic;
    settings.bounds.min = std::chrono::seconds(options_.min_poll_seconds);
    settings.seed = static_cast<std::uint32_t>(random_());
    device_ = std::make_unique<hawkbit::Device>(
        settings, server_, agent_, *file_, std::chrono::system_clock::now, [this](const std::string &line) {
            tell_({{"event", "said"}, {"device", name_}, {"text", line}});
        });
}

SimulatedDevice::Time SimulatedDevice::due() const {
    const auto change = agent_.changes_at();
    return change ? std::min(*change, next_poll_) : next_poll_;
}

void SimulatedDevice::poll() {
    const auto wait = device_->poll();
    next_poll_ = std::chrono::system_clock::now() + wait;
    if (options_.shows_polls)
        tell_({{"event", "polled"},
               {"device", name_},
               {"wait_ms", wait.count()},
               {"status", device_->status()}});
}

void SimulatedDevice::tell_change() {
    const hawkbit::AgentState agent = agent_.state();
    const std::string now =
        agent.is_idle() ? "idle " + agent.running_version + (agent.last ? " " + agent.last->result : "")
                        : agent.job + " " + agent.phase_name;
    if (now == shown_)
        return;
    shown_ = now;
    tell_({{"event", agent.is_idle() ? "idle" : "phase"},
           {"device", name_},
           {"version", agent.running_version},
           {"job", agent.job},
           {"phase", agent.phase},
           {"last", agent.last ? agent.last->result : ""}});
    if (device_->agent_changed())
        next_poll_ = std::chrono::system_clock::now();
}

void SimulatedDevice::run() {
    if (options_.restarts)
        make_device();
    tell_change();
    if (std::chrono::system_clock::now() < next_poll_)
        return;
    poll();
    // What the server has been told of is told here, too, even if this program is ended next.
    tell_change();
}
