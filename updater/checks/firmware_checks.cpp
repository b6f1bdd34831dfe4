#include "updater/checks/firmware_checks.hpp"

#include "updater/checks/packages.hpp"
#include "updater/services/service_states.hpp"
#include "updater/text/byte_amount.hpp"

#include <algorithm>

namespace updater::checks {

namespace {

std::string names_of(const std::vector<std::string> &names) {
    std::string text;
    for (const std::string &name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

std::string text_of(const std::vector<firmware::Conversion> &chain) {
    std::string text;
    for (const firmware::Conversion &step : chain)
        text += (text.empty() ? "" : ", ") + step.name +
                (step.from == firmware::any_format ? " to " : " from " + step.from + " to ") + step.to;
    return text.empty() ? "nothing has to be converted" : "converts " + text;
}

bool converts(const std::vector<firmware::Conversion> &chain, const configuration::Store &store) {
    return std::ranges::any_of(chain, [&](const firmware::Conversion &each) {
        return each.kind == firmware::ConversionKind::store && each.name == store.name;
    });
}

void check_versions(const firmware::Manifest &manifest, const InstallTarget &target, Findings &findings) {
    findings.run("product", [&] {
        check_product(manifest, target.appliance);
        return "made for " + manifest.product + " on " + manifest.hardware + ", as this appliance is";
    });
    findings.run("version", [&] {
        check_least_version(manifest, target.least_version());
        check_version(manifest, target.running);
        return "version " + manifest.version.text() + " can be installed from " +
               manifest.minimum_version.text() + " on; " + target.running.text() + " runs";
    });
}

void check_needed_packages(const firmware::Manifest &manifest, const InstallTarget &target,
                           Findings &findings) {
    if (manifest.required_packages.empty())
        return findings.add({"packages", Verdict::skip, "the firmware requires none", ""});
    // They are those of the release before, from which an appliance comes.
    if (manifest.version == target.running)
        return findings.add({"packages", Verdict::skip, "the version runs already", ""});
    findings.run("packages", [&] {
        check_packages(manifest, target.installed_packages(manifest.required_packages));
        return "installed: " + names_of(manifest.required_packages);
    });
}

} // namespace

void check_appliance(const configuration::Appliance &appliance, const FilesystemMeasures &measures,
                     Findings &findings) {
    for (const configuration::FreeShare &share : appliance.spaces)
        findings.run("space " + share.path.string(), [&] { return check_free_share(share, measures); });
    findings.run("stores", [&]() -> std::string {
        check_stores(appliance);
        return "each store lies completely in its folder";
    });
}

void check_services_switched_on(const configuration::Services &configured, services::ServiceManager &services,
                                Findings &findings) {
    findings.run("services", [&]() -> std::string {
        check_services(services::record_services(services, configured), configured);
        return "all units that have to run after an upgrade are switched on";
    });
}

void check_firmware(const firmware::Manifest &manifest, const InstallTarget &target, Findings &findings) {
    check_versions(manifest, target, findings);
    std::vector<firmware::Conversion> chain;
    findings.run("conversions", [&] {
        chain = conversion_chain(manifest, target.appliance);
        return text_of(chain);
    });
    check_needed_packages(manifest, target, findings);
    if (manifest.required_ports.empty())
        findings.add({"ports", Verdict::skip, "the firmware names none", ""});
    else
        findings.run("ports", [&] { return target.ports(manifest); });
    findings.run("partition", [&] {
        const TargetPartition partition = target.partition();
        check_partition_size(manifest, partition);
        return "the system image has " + text::bytes_text(manifest.image_bytes) + ", the partition " +
               partition.label + " " + text::bytes_text(partition.bytes);
    });
    for (const firmware::SpaceRequirement &required : manifest.required_space)
        findings.run("firmware space " + required.path.string(), [&] {
            return check_free_bytes(required.path, required.free_bytes, "the firmware", target.measures);
        });
    for (const configuration::Store &store : target.appliance.stores)
        if (converts(chain, store))
            findings.run("conversion space " + store.name,
                         [&] { return check_space_for_conversion(store, target.measures); });
}

} // namespace updater::checks
