// Finding the way from one format to another.
#include "updater/checks/conversion_chain.hpp"

#include "updater/refusal.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <queue>

namespace updater::checks {

namespace {

/// The format that a merging program gets if the running system names none.
constexpr const char *no_format = "none";

/// For each format that can be reached from `first`: the last step of the shortest chain to it. Of chains of
/// the same length the one that the manifest lists first.
std::map<std::string, firmware::Conversion> last_steps(const firmware::Manifest &manifest,
                                                       const std::string &name, const std::string &first) {
    std::map<std::string, firmware::Conversion> steps;
    std::queue<std::string> reached;
    reached.push(first);
    for (; !reached.empty(); reached.pop())
        for (const firmware::Conversion &step : manifest.conversions)
            if (step.name == name && step.from == reached.front() && step.to != first &&
                steps.emplace(step.to, step).second)
                reached.push(step.to);
    return steps;
}

Refused cannot_convert(const firmware::Manifest &manifest, const firmware::DataFormat &wanted,
                       const std::string &from, const std::string &of) {
    std::string known;
    for (const firmware::Conversion &each : manifest.conversions)
        if (each.name == wanted.name)
            known += (known.empty() ? "" : ", ") + each.from + " to " + each.to;
    const std::string version = manifest.version.text();
    return {"the " + wanted.name + " of " + of + " is in format " + from + ", version " + version +
                " keeps it in format " + wanted.format +
                ", and the firmware has no conversion between them (it has " +
                (known.empty() ? "none" : known) + ")",
            "Install version " + manifest.install_first.text() +
                " first if it is newer than the running one; otherwise ask the vendor for a firmware that "
                "converts the " +
                wanted.name + " from format " + from + "."};
}

/// Matches name and kind: a store and a part of the configuration are never the same thing.
auto same_thing_as(const firmware::DataFormat &one) {
    return [&one](const firmware::DataFormat &other) {
        return other.name == one.name && other.kind == one.kind;
    };
}

void append_steps(std::vector<firmware::Conversion> &chain, const firmware::Manifest &manifest,
                  const firmware::DataFormat &wanted, const PresentFormats &running) {
    const auto found = std::ranges::find_if(running.formats, same_thing_as(wanted));
    const auto present = found == running.formats.end() ? std::nullopt : std::optional(found->format);
    const auto merge = std::ranges::find_if(manifest.conversions, [&](const firmware::Conversion &each) {
        return each.name == wanted.name && each.from == firmware::any_format;
    });
    if (merge != manifest.conversions.end()) {
        chain.push_back(*merge);
        chain.back().from = present.value_or(no_format);
        return;
    }
    if (!present || *present == wanted.format)
        return;
    const auto steps = last_steps(manifest, wanted.name, *present);
    std::vector<firmware::Conversion> backwards;
    for (std::string at = wanted.format; at != *present; at = backwards.back().from) {
        const auto step = steps.find(at);
        if (step == steps.end())
            throw cannot_convert(manifest, wanted, *present, running.of);
        backwards.push_back(step->second);
    }
    chain.insert(chain.end(), backwards.rbegin(), backwards.rend());
}

void require_named(const firmware::Manifest &manifest, const firmware::DataFormat &present,
                   const std::string &of) {
    if (std::ranges::any_of(manifest.formats, same_thing_as(present)))
        return;
    throw Refused("the firmware does not say in which format version " + manifest.version.text() +
                      " keeps the " + present.name + " of " + of,
                  "Ask the vendor for a firmware that names the format of the " + present.name + ".",
                  messages::Code::check_conversions);
}

} // namespace

std::vector<firmware::DataFormat> formats_of(const configuration::Appliance &appliance) {
    std::vector<firmware::DataFormat> formats;
    for (const configuration::Store &store : appliance.stores)
        formats.push_back({store.name, firmware::ConversionKind::store, store.format});
    for (const configuration::ConfigurationFormat &each : appliance.configuration_formats)
        formats.push_back({each.name, firmware::ConversionKind::configuration, each.format});
    return formats;
}

std::vector<firmware::Conversion> conversion_chain(const firmware::Manifest &manifest,
                                                   const configuration::Appliance &running) {
    return conversion_chain(manifest, PresentFormats{formats_of(running), "this appliance"});
}

std::vector<firmware::Conversion> conversion_chain(const firmware::Manifest &manifest,
                                                   const PresentFormats &present) {
    if (manifest.conversion_contract > conversion_contract)
        throw Refused("the conversion programs of version " + manifest.version.text() + " need contract " +
                          std::to_string(manifest.conversion_contract) +
                          "; this updater supports contracts up to " + std::to_string(conversion_contract),
                      "Install version " + manifest.install_first.text() + " first.",
                      messages::Code::check_conversions);
    // Data that the new system does not know would stay in the old generation and be removed with it.
    for (const firmware::DataFormat &each : present.formats)
        require_named(manifest, each, present.of);
    std::vector<firmware::Conversion> chain;
    for (const firmware::DataFormat &wanted : manifest.formats)
        append_steps(chain, manifest, wanted, present);
    return chain;
}

} // namespace updater::checks
