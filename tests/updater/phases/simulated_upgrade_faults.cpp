// What an appliance must be after a job, whatever happened during it.
#include "partitions/generation.hpp"
#include "partitions/layout.hpp"
#include "tests/support/fake_boot_selection.hpp"
#include "tests/updater/phases/simulated_upgrade.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace phases_tests {

using namespace updater;
using partitions_test::FakeStorage;

namespace {

using Faults = std::vector<std::string>;

/// A pair of OS partition and generation in the formats that this OS reads.
void check_pair(SimulatedMachine &machine, partitions::Slot slot, Faults &faults) {
    const FakeStorage &disk = machine.storage();
    const std::string name = partitions::partition_label(slot);
    const auto release = machine.release_in(slot);
    const auto generation = machine.generation_of(slot);
    if (!release || generation.empty()) {
        faults.push_back(name + " has no whole image or no generation");
        return;
    }
    if (!generation.filename().string().starts_with(release->version + "-"))
        faults.push_back(name + " has a generation of another version, " + generation.string());
    const std::string configuration = release->store_format == "1" ? "mx1" : "mx1 for 2.8.1.0";
    const auto hostname = generation / "etc/upper/hostname";
    if (!disk.exists(hostname) || disk.contents(hostname) != configuration)
        faults.push_back("the configuration of " + name + " is not \"" + configuration + "\"");
    if (!disk.exists(generation / "etc/work"))
        faults.push_back(name + " has no folder for the overlay to work in");
    const auto made_by = generation / "var/lib/made-by";
    if (!disk.exists(made_by) || disk.contents(made_by) != "the image of " + release->version)
        faults.push_back("/var of " + name + " is not the one of its image");
    const auto format = partitions::Generation(generation).in_var(places::store) / "format";
    if (!disk.exists(format) || disk.contents(format) != release->store_format)
        faults.push_back("the store of " + name + " is not in format " + release->store_format);
}

void check_boot(SimulatedMachine &machine, Faults &faults) {
    partitions::GrubBootSelection boot(machine.storage(), places::environment);
    if (boot.pending_try())
        faults.emplace_back("a try is pending");
    if (boot.default_slot() != machine.running_slot())
        faults.emplace_back("the running system is not the default");
    for (const partitions::Slot slot : {partitions::Slot::a, partitions::Slot::b})
        if (boot.bootable(slot) || slot == machine.running_slot())
            check_pair(machine, slot, faults);
}

void check_leftovers(SimulatedMachine &machine, Faults &faults) {
    FakeStorage &disk = machine.storage();
    std::set<Path> used;
    for (const partitions::Slot slot : {partitions::Slot::a, partitions::Slot::b})
        used.insert(machine.generation_of(slot));
    for (const Path &generation : disk.list(places::data / "generations")) {
        if (!used.contains(generation))
            faults.push_back("nobody uses " + generation.string());
        for (const char *name :
             {"source", "rehearsal", "gate-queue", "pin", "var/lib/mailsec/store.converting"})
            if (disk.exists(generation / name))
                faults.push_back((generation / name).string() + " was left over");
    }
    for (const Path &mark : {places::run / "on-trial", places::run / "services-held"})
        if (disk.exists(mark))
            faults.push_back(mark.string() + " is there still");
}

bool holds(const FakeStorage &disk, const Path &file, const std::string &text) {
    return disk.exists(file) && disk.contents(file) == text;
}

/// Also looks for what was never written: half a message, or one in another format.
void check_store(SimulatedMachine &machine, Faults &faults) {
    FakeStorage &disk = machine.storage();
    const std::string format = machine.running().store_format + ":";
    std::size_t stored = 0;
    for (const auto &message : machine.world().accepted) {
        if (!message.local_to.empty())
            continue;
        ++stored;
        if (!holds(disk, places::store / message.name, format + message.name))
            faults.push_back("the store lost " + message.name);
    }
    if (disk.exists(places::store) && disk.list(places::store).size() != stored + 1)
        faults.emplace_back("the store holds something else than the messages");
}

void check_queue(SimulatedMachine &machine, Faults &faults) {
    FakeStorage &disk = machine.storage();
    for (const auto &message : machine.world().accepted) {
        const bool found = std::ranges::any_of(std::array{"incoming", "maildrop"}, [&](const char *folder) {
            return holds(disk, places::shared_queue / folder / message.name, "message " + message.name);
        });
        if (!found)
            faults.push_back("the queue lost " + message.name);
    }
    for (const char *folder : {"incoming", "maildrop"})
        for (const Path &file : disk.list(places::shared_queue / folder))
            if (!file.has_extension() && !disk.contents(file).starts_with("message "))
                faults.push_back("half a message is in the queue: " + file.string());
}

void check_normal_work(SimulatedMachine &machine, Faults &faults) {
    for (const auto &[unit, runs] :
         {std::pair{"postfix.service", true}, {"store.service", true}, {"fax.service", false}})
        if (machine.services().state(unit).is_active() != runs)
            faults.push_back(std::string(unit) + (runs ? " does not run" : " runs"));
    if (machine.gate().is_closed())
        faults.emplace_back("mail is kept out");
    if (!machine.mounts().shows(places::queue, places::shared_queue))
        faults.emplace_back("the queue is covered");
    if (machine.storage().exists(places::pins_in_force) && !machine.network().unpinned())
        faults.emplace_back("the addresses are pinned");
    if (machine.world().out_of_balancer)
        faults.emplace_back("the appliance was left out of the load balancer");
}

void check_journal(SimulatedMachine &machine, Faults &faults) {
    const FakeStorage &disk = machine.storage();
    const Path journal = partitions::Layout().journal;
    if (!disk.exists(journal))
        return;
    const auto text = disk.contents(journal);
    const auto last_line = text.substr(text.rfind('\n', text.size() - 2) + 1);
    if (!last_line.ends_with('\n') || last_line.find("job-ended") == std::string::npos)
        faults.emplace_back("the job has no end");
}

std::string lines_of(const Faults &faults) {
    std::string text;
    for (const auto &fault : faults)
        text += fault + "\n";
    return text;
}

void check_disk(SimulatedMachine &machine, Faults &faults) {
    faults = machine.world().broken_rules;
    check_boot(machine, faults);
    check_store(machine, faults);
    check_journal(machine, faults);
}

} // namespace

std::string SimulatedUpgrade::faults_of_what_is_on_the_disk() {
    Faults faults;
    check_disk(machine_, faults);
    return lines_of(faults);
}

std::string SimulatedUpgrade::faults_but_of_the_store() {
    Faults faults = machine_.world().broken_rules;
    check_boot(machine_, faults);
    check_journal(machine_, faults);
    check_leftovers(machine_, faults);
    check_queue(machine_, faults);
    check_normal_work(machine_, faults);
    return lines_of(faults);
}

std::string SimulatedUpgrade::faults() {
    Faults faults;
    check_disk(machine_, faults);
    check_leftovers(machine_, faults);
    check_queue(machine_, faults);
    check_normal_work(machine_, faults);
    return lines_of(faults);
}

} // namespace phases_tests
