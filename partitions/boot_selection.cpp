// The boot selection in GRUB's environment file: what each change writes, in one piece.
#include "partitions/boot_selection.hpp"

#include "partitions/durable.hpp"

namespace partitions {

namespace {

std::string bootable_variable(Slot slot) {
    return std::string("bootable_") + letter(slot);
}

std::string required(const GrubEnvironment &environment, const std::string &name) {
    const std::optional<std::string> value = environment.get(name);
    if (!value)
        throw GrubEnvironmentDamaged("the variable " + name + " is missing");
    return *value;
}

bool flag(const GrubEnvironment &environment, const std::string &name) {
    const std::string value = required(environment, name);
    if (value != "0" && value != "1")
        throw GrubEnvironmentDamaged("the variable " + name + " is '" + value + "' instead of 0 or 1");
    return value == "1";
}

Slot slot_in(const GrubEnvironment &environment, const std::string &name) {
    const std::string value = required(environment, name);
    if (value != "a" && value != "b")
        throw GrubEnvironmentDamaged("the variable " + name + " is '" + value + "' instead of a or b");
    return slot_of_letter(value.front());
}

std::optional<Slot> pending_in(const GrubEnvironment &environment) {
    if (!flag(environment, "try_left") || required(environment, "try_slot").empty())
        return std::nullopt;
    return slot_in(environment, "try_slot");
}

void refuse_default(const GrubEnvironment &environment, Slot slot, const std::string &what) {
    if (slot_in(environment, "default_slot") == slot) {
        throw BootSelectionRefused(
            "refusing to " + what + " " + partition_label(slot) +
            ": the appliance boots from it by default; make the other one the default first");
    }
}

void end_try(GrubEnvironment &environment) {
    environment.set("try_slot", "");
    environment.set("try_left", "0");
}

} // namespace

std::string command_to_write_new_environment(const std::filesystem::path &device, Slot slot) {
    const std::string kept(1, letter(slot));
    const std::string rescue(1, letter(other(slot)));
    return "mount " + device.string() +
           " /mnt && { printf '%s\\n' '# GRUB Environment Block' default_slot=" + kept +
           " try_slot= try_left=0 bootable_" + kept + "=1 bootable_" + rescue +
           "=0; head -c 1024 /dev/zero | tr '\\0' '#'; } | head -c 1024 >/mnt/grub/grubenv && umount /mnt";
}

GrubBootSelection::GrubBootSelection(Storage &storage, std::filesystem::path environment_file,
                                     std::string repair)
    : storage_(storage), environment_file_(std::move(environment_file)), repair_(std::move(repair)) {}

template <typename Operation> auto GrubBootSelection::understood(Operation operation) {
    // Reads more than the allowed size, so that the message can tell how large the file is.
    constexpr std::size_t max_bytes = 65536;
    const std::string advice = "; nothing was changed" + (repair_.empty() ? "" : ". " + repair_);
    try {
        return operation(GrubEnvironment::parse(read_whole_file(storage_, environment_file_, max_bytes)));
    } catch (const GrubEnvironmentDamaged &damage) {
        throw BootSelectionDamaged("the boot environment " + environment_file_.filename().string() +
                                   " cannot be used: " + damage.what() + advice);
    } catch (const GrubEnvironmentFull &full) {
        throw BootSelectionDamaged("the boot environment " + environment_file_.filename().string() +
                                   " is full: " + full.what() + advice);
    } catch (const StorageNotFound &) {
        throw BootSelectionDamaged("the boot environment " + environment_file_.filename().string() +
                                   " is missing" + advice);
    }
}

void GrubBootSelection::write(const GrubEnvironment &environment) {
    const std::string block = environment.serialize();
    // In place and in one write: the variables lie in one sector, which is old or new after a power cut. A
    // rename would move the file to other blocks. GRUB cannot find those before the journal is replayed, and
    // its own save_env would still write to the old ones.
    const std::unique_ptr<File> file = storage_.open(environment_file_, OpenMode::overwrite_in_place);
    file->write_at(0, std::as_bytes(std::span(block)));
    file->sync();
    file->close();
}

Slot GrubBootSelection::default_slot() {
    return understood(
        [](const GrubEnvironment &environment) { return slot_in(environment, "default_slot"); });
}

std::optional<Slot> GrubBootSelection::pending_try() {
    return understood(pending_in);
}

bool GrubBootSelection::bootable(Slot slot) {
    return understood(
        [slot](const GrubEnvironment &environment) { return flag(environment, bootable_variable(slot)); });
}

void GrubBootSelection::mark_unbootable(Slot slot) {
    understood([&](GrubEnvironment environment) {
        refuse_default(environment, slot, "mark unbootable");
        if (pending_in(environment) == slot)
            end_try(environment);
        environment.set(bootable_variable(slot), "0");
        write(environment);
    });
}

void GrubBootSelection::mark_bootable(Slot slot) {
    understood([&](GrubEnvironment environment) {
        environment.set(bootable_variable(slot), "1");
        write(environment);
    });
}

void GrubBootSelection::try_once(Slot slot) {
    understood([&](GrubEnvironment environment) {
        refuse_default(environment, slot, "try only once");
        environment.set(bootable_variable(slot), "1");
        environment.set("try_slot", std::string(1, letter(slot)));
        environment.set("try_left", "1");
        write(environment);
    });
}

void GrubBootSelection::commit(Slot slot) {
    understood([&](GrubEnvironment environment) {
        if (!flag(environment, bootable_variable(slot)))
            throw BootSelectionRefused(
                "refusing to make " + partition_label(slot) +
                " the default: it is marked unbootable, so no complete system is in it");
        environment.set("default_slot", std::string(1, letter(slot)));
        end_try(environment);
        write(environment);
    });
}

void GrubBootSelection::cancel_try() {
    understood([&](GrubEnvironment environment) {
        end_try(environment);
        write(environment);
    });
}

} // namespace partitions
