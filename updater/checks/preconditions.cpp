#include "updater/checks/preconditions.hpp"

#include "updater/text/byte_amount.hpp"

namespace updater::checks {

void check_product(const firmware::Manifest &manifest, const configuration::Appliance &appliance) {
    std::string wrong;
    if (manifest.product != appliance.product)
        wrong = "the firmware is for the product " + manifest.product + ", this appliance is a " +
                appliance.product;
    if (manifest.hardware != appliance.hardware)
        wrong += (wrong.empty() ? "" : "; ") + ("the firmware is for the hardware " + manifest.hardware) +
                 ", this appliance's is " + appliance.hardware;
    if (!wrong.empty())
        throw Refused(wrong, "Use the firmware that is made for this appliance.",
                      messages::Code::check_product);
}

void check_version(const firmware::Manifest &manifest, const firmware::Version &running) {
    if (running < manifest.minimum_version)
        throw Refused("version " + manifest.version.text() + " can be installed from " +
                          manifest.minimum_version.text() + " on; this appliance runs " + running.text(),
                      "Install version " + manifest.install_first.text() + " first.",
                      messages::Code::check_version);
    // Stores are only converted to newer formats, so an older system could not read them.
    if (manifest.version < running)
        throw Refused("the firmware's version " + manifest.version.text() + " is older than " +
                          running.text() + ", which runs",
                      "To go back to the system before, use update-control --rollback.",
                      messages::Code::check_version);
}

void check_same_version(const firmware::Manifest &manifest, const firmware::Version &running, bool force,
                        const std::string &forced_command) {
    if (manifest.version == running && !force)
        throw Refused(
            "version " + running.text() + " runs already",
            "The appliance needs nothing. To install the same version again, mail waiting as in any "
            "upgrade: " +
                forced_command,
            messages::Code::check_new_version);
}

void check_least_version(const firmware::Manifest &manifest, const std::optional<firmware::Version> &least) {
    if (least && manifest.version < *least)
        throw Refused("the firmware's version " + manifest.version.text() + " is older than " +
                          least->text() +
                          ", which is the least version that is acceptable since the last upgrade",
                      "Install that version or a newer one; there is no option that overrides this.",
                      messages::Code::check_version);
}

void check_way_back(const firmware::Version &previous, const std::optional<firmware::Version> &least) {
    if (least && previous < *least)
        throw Refused("the previous system has version " + previous.text() + ", which is older than " +
                          least->text() +
                          ": that is the least version that is acceptable since the last upgrade",
                      "The appliance stays as it is. If the running version does not work for you, ask the "
                      "vendor for a newer one.",
                      messages::Code::check_way_back);
}

void check_partition_size(const firmware::Manifest &manifest, const TargetPartition &partition) {
    if (manifest.image_bytes > partition.bytes)
        throw Refused("the system image has " + text::bytes_text(manifest.image_bytes) + ", the partition " +
                          partition.label + " only " + text::bytes_text(partition.bytes),
                      "Ask the vendor for a firmware that fits this appliance's partitions.",
                      messages::Code::check_partition);
}

void check_services(const services::ServiceStates &now, const configuration::Services &configured) {
    std::string off;
    std::string commands;
    for (const configuration::ServiceUnit &unit : configured.units) {
        const services::RecordedUnit *const recorded = now.find(unit.name);
        // The gate does not require a unit that does not run now.
        if (!unit.health_required || recorded == nullptr || !recorded->switched_off)
            continue;
        const bool masked = recorded->state.is_masked();
        off += (off.empty() ? "" : ", ") + unit.name + " is " + (masked ? "masked" : "disabled");
        commands += (commands.empty() ? "" : " && ") + std::string("systemctl ") +
                    (masked ? "unmask " : "enable ") + unit.name;
    }
    if (!off.empty())
        throw Refused(off + ", and an upgrade counts as healthy only with it running",
                      "To let it run: " + commands + ". Then start the upgrade again.",
                      messages::Code::check_services);
}

} // namespace updater::checks
