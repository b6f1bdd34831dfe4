// Finding the way from one format to another.
#include "updater/checks/conversion_chain.hpp"

#include "updater/refusal.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <queue>

namespace updater {

namespace {

/// What a program that merges is told where the running system names no format.
constexpr const char *kNoFormat = "none";

std::optional<std::string> running_format(const DataFormat &wanted, const Appliance &running) {
    if (wanted.kind == ConversionKind::store) {
        const auto store = std::ranges::find(running.stores, wanted.name, &Store::name);
        return store == running.stores.end() ? std::nullopt : std::optional(store->format);
    }
    const auto found =
        std::ranges::find(running.configuration_formats, wanted.name, &ConfigurationFormat::name);
    return found == running.configuration_formats.end() ? std::nullopt : std::optional(found->format);
}

/// For each format that can be reached from `first` the last step to it, by the fewest steps; of ways of the
/// same length the one whose steps the manifest lists first.
std::map<std::string, Conversion> last_steps(const Manifest &manifest, const std::string &name,
                                             const std::string &first) {
    std::map<std::string, Conversion> steps;
    std::queue<std::string> reached;
    reached.push(first);
    for (; !reached.empty(); reached.pop())
        for (const Conversion &step : manifest.conversions)
            if (step.name == name && step.from == reached.front() && step.to != first &&
                steps.emplace(step.to, step).second)
                reached.push(step.to);
    return steps;
}

Refused cannot_convert(const Manifest &manifest, const DataFormat &wanted, const std::string &from) {
    std::string known;
    for (const Conversion &each : manifest.conversions)
        if (each.name == wanted.name)
            known += (known.empty() ? "" : ", ") + each.from + " to " + each.to;
    const std::string version = manifest.version.text();
    return {"the " + wanted.name + " of this appliance is in format " + from + ", version " + version +
                " keeps it in format " + wanted.format +
                ", and the firmware has no conversion from one to the "
                "other (it has " +
                (known.empty() ? "none" : known) + ")",
            "Install version " + manifest.install_first.text() +
                " first if it is newer than the running one; otherwise ask the vendor for a firmware that "
                "converts the " +
                wanted.name + " from format " + from + "."};
}

void append_steps(std::vector<Conversion> &chain, const Manifest &manifest, const DataFormat &wanted,
                  const Appliance &running) {
    const auto present = running_format(wanted, running);
    const auto merge = std::ranges::find_if(manifest.conversions, [&](const Conversion &each) {
        return each.name == wanted.name && each.from == any_format;
    });
    if (merge != manifest.conversions.end()) {
        chain.push_back(*merge);
        chain.back().from = present.value_or(kNoFormat);
        return;
    }
    if (!present || *present == wanted.format)
        return;
    const auto steps = last_steps(manifest, wanted.name, *present);
    std::vector<Conversion> backwards;
    for (std::string at = wanted.format; at != *present; at = backwards.back().from) {
        const auto step = steps.find(at);
        if (step == steps.end())
            throw cannot_convert(manifest, wanted, *present);
        backwards.push_back(step->second);
    }
    chain.insert(chain.end(), backwards.rbegin(), backwards.rend());
}

void require_named(const Manifest &manifest, const std::string &name, ConversionKind kind) {
    if (std::ranges::any_of(manifest.formats,
                            [&](const DataFormat &each) { return each.name == name && each.kind == kind; }))
        return;
    throw Refused("the firmware does not say in which format version " + manifest.version.text() +
                      " keeps the " + name + " of this appliance",
                  "Ask the vendor for a firmware that names the format of the " + name + ".");
}

} // namespace

std::vector<Conversion> conversion_chain(const Manifest &manifest, const Appliance &running) {
    if (manifest.conversion_contract > kConversionContract)
        throw Refused("the conversion programs of version " + manifest.version.text() +
                          " want to be called by contract " + std::to_string(manifest.conversion_contract) +
                          "; this updater knows up to " + std::to_string(kConversionContract),
                      "Install version " + manifest.install_first.text() + " first.");
    // What the new system does not know of would be left behind, and be gone with the generation after it.
    for (const Store &store : running.stores)
        require_named(manifest, store.name, ConversionKind::store);
    for (const ConfigurationFormat &each : running.configuration_formats)
        require_named(manifest, each.name, ConversionKind::configuration);
    std::vector<Conversion> chain;
    for (const DataFormat &wanted : manifest.formats)
        append_steps(chain, manifest, wanted, running);
    return chain;
}

} // namespace updater
