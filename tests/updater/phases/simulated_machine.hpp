// A machine that runs one of two systems from a disk in memory: boot loader, initramfs, services, mail gate,
// network, and the world outside, which keeps sending mail. It knows nothing of the updater but the marks
// that it shares with the initramfs. Whatever happens on it is an event, before which (or after which) a test
// can let trouble strike.
#pragma once

#include "partitions/boot_selection.hpp"
#include "tests/support/fake_mail_gate.hpp"
#include "tests/support/fake_mounts.hpp"
#include "tests/support/fake_network_state.hpp"
#include "tests/support/fake_service_manager.hpp"
#include "tests/support/fake_storage.hpp"
#include "tests/updater/phases/test_vendor.hpp"
#include "updater/configuration/appliance.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace phases_tests {

using Path = std::filesystem::path;

namespace places {
inline const Path environment = "/boot/grubenv";
inline const Path data = "/data";
inline const Path run = "/run/update-control";
inline const Path pins_in_force = "/run/systemd/network";
inline const Path queue = "/var/spool/postfix";
inline const Path shared_queue = "/data/shared/spool-postfix";
inline const Path store = "/var/lib/mailsec/store";
} // namespace places

/// What outlives every restart, because it is not in the machine: what senders and programs know to be
/// accepted.
struct World {
    struct Message {
        std::string name;
        std::string local_to; ///< written by a program of this release, for its administrator
    };
    std::vector<Message> accepted;
    int next_message = 1;
    std::vector<std::string> broken_rules; ///< such as mail that came in before the commit
    /// By the product's program at before-stop; that of after-commit, or the undo, brings it back.
    bool out_of_balancer = false;
};

/// What a version of the appliance says about itself.
updater::configuration::Appliance appliance_of(const Release &release);

class SimulatedMachine {
  public:
    /// Switched on and running 2.8.0.0 from slot a; slot b holds 2.7.0.0, whole.
    SimulatedMachine();
    /// The same machine with this disk, and nothing in its memory: switched off.
    SimulatedMachine(const SimulatedMachine &other, std::unique_ptr<partitions_test::FakeStorage> disk);

    /// Boots until a system is up. Throws std::logic_error when none comes up: the one thing that must never
    /// be.
    void switch_on();
    /// An orderly one: everything is durable.
    void restart();
    /// Without power what was not synced meets this fate; then it is switched on again.
    void lose_power(const partitions_test::UnsyncedFate &fate);
    /// The kernel of this release panics.
    void panics(const std::string &version) { panicking_version_ = version; }

    /// "boot a", "panic".
    void on_boot(std::function<void(const std::string &what)> told) { told_boot_ = std::move(told); }
    /// Called before each event: a storage operation as FakeStorage names it, "close the mail gate", "stop
    /// postfix.service", "run /usr/lib/…".
    void on_event(std::function<void(const std::string &event)> told) { told_event_ = std::move(told); }
    void event(const std::string &what);
    /// This was looked at in the running system: "addresses", "records", "test message".
    void proved(const std::string &what) { proofs_.insert(what); }

    partitions_test::FakeStorage &storage() { return *storage_; }
    partitions::Mounts &mounts() { return *mounts_; }
    updater_test::FakeServiceManager &services() { return *services_; }
    updater_test::FakeMailGate &gate() { return *gate_; }
    updater_test::FakeNetworkState &network() { return *network_; }

    partitions::Slot running_slot() const { return slot_; }
    const Release &running() const { return *running_; }
    std::string boot_id() const { return "boot-" + std::to_string(starts_); }
    partitions::Slot default_slot();
    /// Whether the boot loader starts the running system from now on.
    bool is_committed() { return default_slot() == slot_; }
    /// What the partition of this slot holds.
    std::optional<Release> release_in(partitions::Slot slot) const;
    static Path device(partitions::Slot slot);
    /// Where a slot's generation is; empty when it has none.
    Path generation_of(partitions::Slot slot) const;

    World &world() { return world_; }
    /// Somebody outside tries to deliver a message, and it is taken if nothing prevents that.
    void send_mail();

  private:
    class Gate;
    class Mounts;
    class Network;
    class Services;
    void put_in_memory(std::unique_ptr<partitions_test::FakeStorage> disk);
    bool come_up(partitions::Slot slot);
    void mount_everything(const Path &generation);
    void start_network(const Path &generation);
    void start_units();
    void starts(const std::string &unit);
    void start_mail_server();
    void check_rules(const std::string &event);

    std::unique_ptr<partitions_test::FakeStorage> storage_;
    std::unique_ptr<partitions::Mounts> mounts_;
    std::unique_ptr<partitions::File> pid_file_; ///< the mail server's, open in its queue while it runs
    std::unique_ptr<updater_test::FakeServiceManager> services_;
    std::unique_ptr<updater_test::FakeMailGate> gate_;
    std::unique_ptr<updater_test::FakeNetworkState> network_;
    World world_;
    partitions::Slot slot_ = partitions::Slot::a;
    std::optional<Release> running_; ///< nothing while no system is up
    std::set<std::string> proofs_;
    int starts_ = 0;
    std::string panicking_version_;
    std::function<void(const std::string &)> told_boot_ = [](const std::string &) {};
    std::function<void(const std::string &)> told_event_ = [](const std::string &) {};
};

} // namespace phases_tests
