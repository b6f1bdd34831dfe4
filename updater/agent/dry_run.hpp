// What an installation would do, as the member `forecast` of the checks document tells it. Looks at nothing
// but what it is given, and at the names of files below one folder.
#pragma once

#include "partitions/storage.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/firmware/manifest.hpp"
#include "updater/install/install_plan.hpp"
#include "updater/job/job_facts.hpp"
#include "updater/job/prediction.hpp"

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace updater::agent {

struct DryRun {
    job::JobFacts facts;                      ///< of the job that would begin, conversions included
    std::optional<install::InstallPlan> plan; ///< nothing: a job writes to the partition at this moment
    job::Prediction prediction;
    std::optional<std::string> replaced_version; ///< in the rescue partition; nothing: none
    std::size_t changed_in_etc = 0;              ///< files that the administrator changed, added or removed
};

/// updater/bus/interface.md.
nlohmann::json document_of(const DryRun &run, const firmware::Manifest &manifest,
                           const configuration::Appliance &appliance);

/// Everything below `folder` that is no directory, at most `max_counted_files`.
std::size_t files_below(partitions::Storage &storage, const std::filesystem::path &folder);
inline constexpr std::size_t max_counted_files = 100'000;

} // namespace updater::agent
