// What the history says of jobs that succeeded, as far as predictions need it. Reads a document that another
// release may have written: what it cannot read is missing.
#pragma once

#include "updater/job/phase.hpp"

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace updater::progress {

struct PastJob {
    std::string operation;
    std::map<int, double> seconds; ///< phase → how long it took
    std::optional<double> fetch_bytes;
    std::optional<double> write_bytes;
    std::optional<double> store_bytes;    ///< of the stores that were converted
    std::optional<bool> from_file;        ///< the firmware was a file on the appliance
    std::optional<int> store_conversions; ///< how many conversions of stores the job had
    double rehearsed_seconds = 0;         ///< of all stores, a part of phase 2

    std::optional<double> seconds_of(job::Phase phase) const;
};

/// Newest first.
std::vector<PastJob> past_jobs(const nlohmann::json &history);

} // namespace updater::progress
