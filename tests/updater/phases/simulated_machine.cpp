#include "tests/updater/phases/simulated_machine.hpp"

#include "partitions/durable.hpp"
#include "tests/support/fake_boot_selection.hpp"

#include <stdexcept>
#include <utility>

namespace phases_tests {

using partitions::FileKind;
using partitions_test::FakeStorage;
using partitions_test::Fate;

namespace {

constexpr int max_starts = 12;
const std::string mail_server = "postfix.service";
const std::string store_server = "store.service";

/// What the running services write is durable at once: the power cuts of the tests aim at the updater.
void write_message(FakeStorage &storage, const Path &queue_folder, const std::string &name) {
    storage.put_file(places::queue / queue_folder / name, "message " + name);
}

} // namespace

updater::configuration::Appliance appliance_of(const Release &release) {
    updater::configuration::Appliance appliance;
    appliance.version = release.version;
    appliance.stores = {{.name = "message-store",
                         .path = places::store,
                         .format = release.store_format,
                         .inspect = "/usr/lib/mailsec/inspect",
                         .unit = store_server}};
    appliance.configuration_formats = {{"etc", release.etc_format}};
    appliance.services.units = {{mail_server, true}, {store_server, true}, {"fax.service", true}};
    appliance.services.stop_timeout = std::chrono::seconds(1);
    appliance.services.start_timeout = std::chrono::seconds(1);
    appliance.mail = {.queue = places::queue, .unit = mail_server, .listener_ports = {25}};
    appliance.health_programs = {{"/usr/lib/mailsec/test-message", std::chrono::seconds(1)}};
    appliance.timeouts.conversion = std::chrono::seconds(1);
    return appliance;
}

class SimulatedMachine::Gate : public updater_test::FakeMailGate {
  public:
    explicit Gate(SimulatedMachine &machine) : machine_(machine) {}
    void close(const std::vector<std::uint16_t> &ports) override {
        machine_.event("close the mail gate");
        FakeMailGate::close(ports);
    }
    void open() override {
        machine_.event("open the mail gate");
        FakeMailGate::open();
        machine_.send_mail();
    }

  private:
    SimulatedMachine &machine_;
};

class SimulatedMachine::Mounts : public partitions_test::FakeMounts {
  public:
    explicit Mounts(SimulatedMachine &machine) : FakeMounts(machine.storage()), machine_(machine) {}
    void bind(const Path &source, const Path &target, bool read_only) override {
        machine_.event("cover the queue");
        FakeMounts::bind(source, target, read_only);
    }
    void unmount(const Path &target) override {
        machine_.event("uncover the queue");
        FakeMounts::unmount(target);
    }

  private:
    SimulatedMachine &machine_;
};

class SimulatedMachine::Network : public updater_test::FakeNetworkState {
  public:
    explicit Network(SimulatedMachine &machine) : machine_(machine) {}
    std::vector<std::string>
    missing_addresses(const std::vector<updater::network::InterfaceAddresses> &wanted) override {
        if (!wanted.empty())
            machine_.proved("addresses");
        return FakeNetworkState::missing_addresses(wanted);
    }

  private:
    SimulatedMachine &machine_;
};

class SimulatedMachine::Services : public updater_test::FakeServiceManager {
  public:
    explicit Services(SimulatedMachine &machine) : machine_(machine) {}
    void stop(const std::string &unit, std::chrono::seconds time_limit) override {
        machine_.event("stop " + unit);
        FakeServiceManager::stop(unit, time_limit);
    }
    void reload() override {
        machine_.event("reload");
        FakeServiceManager::reload();
    }
    void start(const std::string &unit, std::chrono::seconds time_limit) override {
        machine_.event("start " + unit);
        FakeServiceManager::start(unit, time_limit);
        machine_.send_mail();
    }

  private:
    SimulatedMachine &machine_;
};

SimulatedMachine::SimulatedMachine() {
    auto disk = std::make_unique<FakeStorage>();
    disk->put_file(places::environment, partitions_test::boot_environment(partitions::Slot::a, true, true));
    TestVendor::put_roots_on(*disk);
    for (const auto &[slot, version] :
         {std::pair{partitions::Slot::a, "2.8.0.0"}, {partitions::Slot::b, "2.7.0.0"}}) {
        const Release &release = TestVendor::release(version);
        disk->put_device(device(slot), TestVendor::partition_bytes);
        const auto partition = disk->open(device(slot), partitions::OpenMode::block_device);
        const auto image = TestVendor::image(release);
        partition->write_at(0, std::as_bytes(std::span(image)));
        partition->sync();
        partition->close();
        const std::string generation = release.version + "-1";
        const Path home = places::data / "generations" / generation;
        disk->put_file(home / "etc/upper/hostname", "mx1");
        disk->put_directory(home / "etc/work");
        disk->put_directory(home / "var/spool");
        disk->put_file(home / "var/lib/made-by", "the image of " + release.version);
        disk->put_file(home / "var/lib/mailsec/store/format", release.store_format);
        disk->put_symlink("../generations/" + generation,
                          places::data / "slots" / partitions::partition_label(slot));
    }
    for (const char *program : {"before-stop.d/balancer", "after-commit.d/balancer"})
        disk->put_file(Path("/usr/lib/update-control") / program, "a program");
    for (const char *folder : {"maildrop", "incoming", "active", "deferred", "hold", "pid"})
        disk->put_directory(places::shared_queue / folder);
    put_in_memory(std::move(disk));
    switch_on();
}

SimulatedMachine::SimulatedMachine(const SimulatedMachine &other, std::unique_ptr<FakeStorage> disk)
    : world_(other.world_), starts_(other.starts_), panicking_version_(other.panicking_version_) {
    put_in_memory(std::move(disk));
}

void SimulatedMachine::put_in_memory(std::unique_ptr<FakeStorage> disk) {
    running_.reset();
    proofs_.clear();
    services_.reset();
    pid_file_.reset();
    mounts_.reset();
    storage_ = std::move(disk);
    partitions::remove_tree(*storage_, "/run");
    storage_->before_each([this](const std::string &operation) { event(operation); });
}

void SimulatedMachine::event(const std::string &what) {
    if (running_ && services_)
        check_rules(what);
    told_event_(what);
}

/// Of a system on trial, before this happens.
void SimulatedMachine::check_rules(const std::string &event) {
    if (is_committed())
        return;
    const bool lets_services_go = event == "remove " + (places::run / "services-held").string();
    if (lets_services_go && (!gate_->is_closed() || mounts_->shows(places::queue, places::shared_queue)))
        world_.broken_rules.emplace_back("services were let go before gate and queue were shut");
    // No system on trial changes the boot selection but to commit itself.
    if (event.starts_with("write " + places::environment.string()) && proofs_.size() < 3)
        world_.broken_rules.emplace_back("the commit came without all proofs");
}

void SimulatedMachine::restart() {
    lose_power({partitions_test::Fate::kept, partitions_test::Fate::kept, 0});
}

void SimulatedMachine::lose_power(const partitions_test::UnsyncedFate &fate) {
    put_in_memory(storage_->after_reboot(fate));
    switch_on();
}

void SimulatedMachine::switch_on() {
    for (;;) {
        if (++starts_ > max_starts)
            throw std::logic_error("the appliance restarts for ever");
        const auto slot = partitions_test::boot_with_grub(*storage_, places::environment);
        if (!slot)
            throw std::logic_error("the boot loader finds nothing that boots");
        told_boot_(std::string("boot-") + partitions::letter(*slot));
        if (come_up(*slot))
            return;
        told_boot_("panic");
        put_in_memory(storage_->after_reboot({partitions_test::Fate::kept, partitions_test::Fate::kept, 0}));
    }
}

/// Kernel, initramfs and systemd until the agent is started. False: the machine restarts.
bool SimulatedMachine::come_up(partitions::Slot slot) {
    slot_ = slot;
    const auto release = release_in(slot);
    if (!release || release->version == panicking_version_)
        return false;
    if (default_slot() != slot) {
        storage_->put_file(places::run / "services-held", "");
        storage_->put_file(places::run / "on-trial", "");
    }
    const auto generation = generation_of(slot);
    if (generation.empty() || !storage_->exists(generation / "etc/upper"))
        return false;
    mount_everything(generation);
    running_ = release;
    start_network(generation);
    gate_ = std::make_unique<Gate>(*this);
    start_units();
    return true;
}

void SimulatedMachine::mount_everything(const Path &generation) {
    mounts_ = std::make_unique<Mounts>(*this);
    storage_->put_directory("/var");
    mounts_->bind(generation / "var", "/var", false);
    storage_->put_directory(places::queue);
    mounts_->bind(places::shared_queue, places::queue, false);
}

/// DHCP gives another address at every start, but a pinned one stays.
void SimulatedMachine::start_network(const Path &generation) {
    network_ = std::make_unique<Network>(*this);
    updater::network::InterfaceAddresses link;
    link.name = "lan0";
    link.mac = "52:54:00:77:00:10";
    const int last_part = 100 + starts_;
    link.addresses = {{"192.168.77." + std::to_string(last_part), 24}};
    network_->set_dhcp({link});
    if (!storage_->exists(generation / "pin"))
        return;
    for (const Path &pin : storage_->list(generation / "pin"))
        storage_->put_file(places::pins_in_force / pin.filename(), storage_->contents(pin));
    const Path of_link = places::pins_in_force / updater::network::pinned_network_file_name(link);
    if (!storage_->exists(of_link))
        return;
    const auto text = storage_->contents(of_link);
    const auto begin = text.find("192.168.77.");
    link.addresses = {{text.substr(begin, text.find('/', begin) - begin), 24}};
    network_->set_up({link});
}

void SimulatedMachine::start_units() {
    services_ = std::make_unique<Services>(*this);
    services_->install(mail_server, "inactive");
    services_->install(store_server, "inactive");
    services_->install("fax.service", "inactive", "disabled");
    services_->let_units_work([this](const std::string &unit) { starts(unit); },
                              [this](const std::string &unit) {
                                  if (unit == mail_server)
                                      pid_file_.reset();
                              });
    if (storage_->exists(places::run / "services-held"))
        return;
    for (const auto &unit : {store_server, mail_server}) {
        try {
            services_->start(unit, std::chrono::seconds(1));
        } catch (const updater::services::ServiceError &) {
            // It stays failed, as with systemd.
        }
    }
}

void SimulatedMachine::starts(const std::string &unit) {
    if (storage_->exists(places::run / "services-held"))
        throw updater::services::StartFailed(unit + " is held back");
    if (unit == store_server && (!storage_->exists(places::store / "format") ||
                                 storage_->contents(places::store / "format") != running_->store_format))
        throw updater::services::StartFailed(unit + ": the store is not in the format of " +
                                             running_->version);
    if (unit == mail_server)
        start_mail_server();
}

void SimulatedMachine::start_mail_server() {
    const bool on_real_queue = mounts_->shows(places::queue, places::shared_queue);
    if (on_real_queue && !is_committed())
        world_.broken_rules.emplace_back("the mail server worked on the real queue before the commit");
    storage_->put_file(places::queue / "pid/master.pid", "1");
    try {
        pid_file_ =
            storage_->open(places::queue / "pid/master.pid", partitions::OpenMode::overwrite_in_place);
    } catch (const partitions::StorageError &error) {
        throw updater::services::StartFailed(mail_server + ": " + error.what());
    }
    if (!on_real_queue) {
        // Some program of the new system says something to root.
        const std::string name = "local" + std::to_string(world_.next_message++);
        write_message(*storage_, "maildrop", name);
        world_.accepted.push_back({name, running_->version});
    }
}

void SimulatedMachine::send_mail() {
    if (!running_ || !services_ || gate_->is_closed() || !services_->state(mail_server).is_active())
        return;
    if (!is_committed())
        world_.broken_rules.emplace_back("mail came in before the commit");
    const std::string name = "m" + std::to_string(world_.next_message++);
    write_message(*storage_, "incoming", name);
    storage_->put_file(places::store / name, running_->store_format + ":" + name);
    world_.accepted.push_back({name, ""});
}

partitions::Slot SimulatedMachine::default_slot() {
    return partitions::GrubBootSelection(*storage_, places::environment).default_slot();
}

std::optional<Release> SimulatedMachine::release_in(partitions::Slot slot) const {
    return TestVendor::release_in(storage_->contents(device(slot)));
}

Path SimulatedMachine::device(partitions::Slot slot) {
    return std::string("/dev/test-") + partitions::letter(slot);
}

Path SimulatedMachine::generation_of(partitions::Slot slot) const {
    const Path link = places::data / "slots" / partitions::partition_label(slot);
    if (!storage_->exists(link))
        return {};
    const auto generation = places::data / "generations" / storage_->read_symlink(link).filename();
    return storage_->exists(generation) ? generation : Path();
}

} // namespace phases_tests
