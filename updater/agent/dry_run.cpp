#include "updater/agent/dry_run.hpp"

#include "updater/firmware/version.hpp"
#include "updater/progress/forecast.hpp"
#include "updater/text/clean_text.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

namespace updater::agent {

using nlohmann::json;

namespace {

double seconds_of(std::chrono::milliseconds duration) {
    return std::chrono::duration<double>(duration).count();
}

json phases_of(const job::Prediction &prediction) {
    json phases = json::array();
    for (const job::PhasePrediction &each : prediction)
        phases.push_back({{"number", job::number_of(each.phase)},
                          {"name", job::name_of(each.phase)},
                          {"seconds", seconds_of(each.takes)},
                          {"source", job::text_of(each.by)},
                          {"mail", job::mail_flows_in(each.phase) ? "flows" : "waits"}});
    return phases;
}

json rollback_of(const DryRun &run, const firmware::Manifest &manifest, bool keeps_previous) {
    const auto answer = [](bool possible, const std::string &text) {
        return json{{"possible", possible}, {"text", text}};
    };
    if (!keeps_previous)
        return answer(false, "only until the commit: this appliance keeps no previous system");
    const auto &least = manifest.least_acceptable_version;
    if (least && firmware::Version::parse(run.facts.from_version) < *least)
        return answer(false, "only until the commit: after it no version older than " + least->text() +
                                 " is acceptable, which the new firmware demands");
    return answer(true,
                  "to " + run.facts.from_version +
                      " until the next installation, a backup or the rescue copy (made by itself after "
                      "copy-after-days of settings.xml) replaces it: update-control --rollback --force");
}

} // namespace

json document_of(const DryRun &run, const firmware::Manifest &manifest,
                 const configuration::Appliance &appliance) {
    const auto downtime = progress::downtime_of(run.prediction);
    const auto total = progress::total_of(run.prediction);
    json units = json::array();
    for (const auto &unit : appliance.services.units)
        units.push_back(unit.name);
    std::set<std::string> converted;
    for (const auto &each : run.facts.conversions)
        if (each.kind == firmware::ConversionKind::store)
            converted.insert(each.name);
    const auto planned = [&](std::uint64_t bytes) { return run.plan ? json(bytes) : json(nullptr); };
    const install::InstallPlan plan = run.plan.value_or(install::InstallPlan{});
    return {{"from", run.facts.from_version},
            {"to", manifest.version.text()},
            {"phases", phases_of(run.prediction)},
            {"seconds", seconds_of(total)},
            {"seconds_until_mail_waits", seconds_of(total - downtime)},
            {"mail_waits_seconds", seconds_of(downtime)},
            {"way", run.plan ? json(install::name_of(plan.way)) : json(nullptr)},
            {"plan", run.plan ? json(text::clean_text(plan.text)) : json(nullptr)},
            {"fetch_bytes", planned(run.facts.firmware_file.empty() ? plan.fetch_bytes : 0)},
            {"write_bytes", planned(plan.write_bytes)},
            {"units", std::move(units)},
            {"stores_converted", converted},
            {"changed_in_etc", run.changed_in_etc},
            {"stops_on_conflict", run.facts.stop_on_conflict},
            {"known_conflicts", run.facts.known_conflicts},
            {"replaced_version", run.replaced_version ? json(*run.replaced_version) : json(nullptr)},
            {"rollback", rollback_of(run, manifest, appliance.keep_old_generation)},
            {"problem", ""}};
}

std::size_t files_below(partitions::Storage &storage, const std::filesystem::path &folder) {
    std::size_t count = 0;
    std::vector<std::filesystem::path> left{folder};
    while (!left.empty() && count < max_counted_files) {
        const auto next = std::move(left.back());
        left.pop_back();
        for (const auto &path : storage.list(next)) {
            if (storage.kind(path) == partitions::FileKind::directory)
                left.push_back(path);
            else
                ++count;
        }
    }
    return count;
}

} // namespace updater::agent
