#include "tests/updater/phases/simulated_agent.hpp"

#include "partitions/durable.hpp"
#include "updater/firmware/file_source.hpp"

#include <stdexcept>

namespace phases_tests {

using namespace updater;
using namespace updater::phases;

namespace {

constexpr std::size_t max_file_bytes = 1000;
constexpr std::uint64_t plenty_bytes = 1'000'000'000;
const std::string hook_folder = "/usr/lib/update-control/hooks/";
const std::string balancer_before_stop = "/usr/lib/update-control/before-stop.d/balancer";
const std::string balancer_after_commit = "/usr/lib/update-control/after-commit.d/balancer";
const std::string server = "https://updates.lan.test/";

/// Not synced: whoever calls a program has to see to that.
void write_unsynced(partitions::Storage &storage, const Path &file, const std::string &text) {
    const auto open = storage.open(file, partitions::OpenMode::create_or_truncate);
    open->append(std::as_bytes(std::span(text)));
    open->close();
}

updater_test::FakeHookRunner::Script failing(const std::string &reason) {
    return {.standard_output = {}, .standard_error = {reason}, .exit_code = 1};
}

} // namespace

SimulatedPrograms::SimulatedPrograms(SimulatedMachine &machine) : machine_(machine) {
    install_function(hook_folder + "message-store",
                     [this](const hooks::runner::HookCall &call) { return convert_store(call); });
    install_function(hook_folder + "etc",
                     [this](const hooks::runner::HookCall &call) { return convert_configuration(call); });
    install_function("/usr/lib/mailsec/inspect",
                     [this](const hooks::runner::HookCall &) { return inspect_store(); });
    install_function("/usr/lib/mailsec/test-message", [this](const hooks::runner::HookCall &) {
        machine_.proved("test message");
        return machine_.services().state("postfix.service").is_active() ? Script()
                                                                        : failing("no mail server answers");
    });
    install_function(balancer_before_stop,
                     [this](const hooks::runner::HookCall &call) { return take_out_of_balancer(call); });
    install_function(balancer_after_commit, [this](const hooks::runner::HookCall &) {
        if (machine_.gate().is_closed())
            return failing("no mail can reach this appliance");
        machine_.world().out_of_balancer = false;
        return Script();
    });
}

hooks::runner::HookResult SimulatedPrograms::run(const hooks::runner::HookCall &call,
                                                 const hooks::runner::OnProgress &on_progress,
                                                 const hooks::runner::OnLine &on_line, std::stop_token stop) {
    machine_.event("run " + call.program.string());
    const auto result = FakeHookRunner::run(call, on_progress, on_line, std::move(stop));
    machine_.event("ran " + call.program.string());
    return result;
}

Release SimulatedPrograms::release_of(const hooks::runner::HookCall &call) const {
    return call.root == "/" ? machine_.running() : TestVendor::release(call.root.filename());
}

updater_test::FakeHookRunner::Script
SimulatedPrograms::convert_store(const hooks::runner::HookCall &call) const {
    auto &storage = machine_.storage();
    const Path source = call.arguments.at(3);
    const Path target = call.arguments.at(4);
    const std::string from = call.arguments.at(1);
    const std::string to = call.arguments.at(2);
    if (release_of(call).store_format != to || storage.contents(source / "format") != from)
        return failing("this is no conversion of mine");
    for (const auto &file : storage.list(source)) {
        auto text = storage.contents(file);
        text.replace(0, from.size(), to);
        write_unsynced(storage, target / file.filename(), text);
    }
    return {};
}

updater_test::FakeHookRunner::Script
SimulatedPrograms::convert_configuration(const hooks::runner::HookCall &call) const {
    auto &storage = machine_.storage();
    for (const auto &file : storage.list(call.arguments.at(3)))
        write_unsynced(storage, Path(call.arguments.at(4)) / file.filename(),
                       partitions::read_whole_file(storage, file, max_file_bytes) + " for " +
                           release_of(call).version);
    return {};
}

updater_test::FakeHookRunner::Script SimulatedPrograms::inspect_store() const {
    machine_.proved("records");
    if (!machine_.services().state("store.service").is_active())
        return failing("no store answers");
    const auto files = machine_.storage().list(places::store).size();
    return {.standard_output = {"records " + std::to_string(files - 1)}}; // one says the format
}

updater_test::FakeHookRunner::Script
SimulatedPrograms::take_out_of_balancer(const hooks::runner::HookCall &call) const {
    if (machine_.gate().is_closed())
        return failing("mail is refused already");
    machine_.world().out_of_balancer = call.arguments.at(0) == "run";
    return {};
}

SimulatedRoots::SimulatedRoots(SimulatedMachine &machine)
    : FakeSystemRoots(
          machine.storage(),
          [&machine](partitions::Slot slot) {
              const auto release = machine.release_in(slot);
              return release ? TestVendor::root_of(*release) : Path();
          },
          machine.running_slot()),
      machine_(machine) {}

std::filesystem::path SimulatedRoots::configuration_upper() {
    machine_.event("look at /etc");
    return "/root" + (machine_.generation_of(machine_.running_slot()) / "etc/upper").string();
}

SimulatedAgent::SimulatedAgent(SimulatedMachine &on)
    : machine(on),
      partition_finder(
          {{"system-a", {SimulatedMachine::device(partitions::Slot::a), TestVendor::partition_bytes}},
           {"system-b", {SimulatedMachine::device(partitions::Slot::b), TestVendor::partition_bytes}}}),
      installation(
          storage, partition_finder,
          [&on](const std::vector<std::string> &urls, bool, const ImageInstallation::Report &) {
              on.event("read the firmware");
              const auto version = urls.front().substr(server.size());
              return std::make_unique<firmware::FileSource>(TestVendor::the_one().firmware(version));
          },
          trusted_keys, appliance, {.threads = 1}, pacer),
      health(machine.services(), programs, machine.network(), probe, appliance,
             {.sleep = [](std::chrono::milliseconds) {}}),
      marks(storage, layout),
      mail(storage, machine.mounts(), generations, machine.services(), machine.gate(), appliance),
      service_start(machine.services(), appliance), settings(storage, machine.network(), machine.services()),
      old_system(boot, generations, least_version, {storage, generations, layout.left_generation},
                 appliance.keep_old_generation),
      finishing(generations, marks, mail, service_start, settings, old_system),
      phases{
          .download = {storage, installation, trusted_keys, layout,
                       [](const auto &) {
                           return partitions::FileSystemSpace{plenty_bytes, plenty_bytes};
                       },
                       [&on](const firmware::Manifest &, const job::JobFacts &) {
                           on.event("check the manifest");
                           return checks::Findings();
                       },
                       [](job::PhaseRun &) {}},
          .install = {storage,
                      boot,
                      roots,
                      generations,
                      installation,
                      heads,
                      {configuration_rehearsal, store_rehearsal,
                       [this](job::PhaseRun &run) { phases.hold_content.run(run); }}},
          .stop_services = {machine.services(), machine.gate(), programs, probe, appliance},
          .prepare_store_migration = {storage, generations, appliance},
          .back_up_configuration = {storage, roots, generations, conversions, configuration_checks},
          .restart_appliance = {storage, boot, generations, machine.network()},
          .migrate_store = {storage, roots, generations, conversions, appliance},
          .install_configuration = {roots, generations},
          .clean_up = {storage, generations},
          .start_services = {boot, generations, marks, mail, service_start, health, finishing},
          .hold_content = HoldContent(content),
          .before_stop = {storage, programs, layout.before_stop_programs},
          .after_commit = {storage, programs, layout.after_commit_programs},
          .note_content = NoteContent(content),
          .verify_content = VerifyContent(content),
      },
      journal(storage, layout.journal, machine.boot_id(),
              [] { return std::chrono::system_clock::time_point(); }) {}

job::JobFacts SimulatedAgent::new_facts(const std::string &to_version) const {
    job::JobFacts facts;
    facts.job = "1";
    facts.operation = job::Operation::install;
    facts.source = server + to_version;
    facts.from_version = appliance.version;
    facts.old_slot = machine.running_slot();
    facts.new_slot = partitions::other(facts.old_slot);
    facts.old_generation = generations.of_slot(facts.old_slot);
    if (to_version == rollback) {
        facts.operation = job::Operation::rollback;
        facts.new_generation = generations.of_slot(facts.new_slot);
        facts.to_version = partitions::Generations::version_of(facts.new_generation);
    }
    return facts;
}

} // namespace phases_tests
