#include "updater/progress/ended_job.hpp"

#include "updater/text/clean_text.hpp"
#include "updater/text/local_time.hpp"

#include <nlohmann/json.hpp>

namespace updater::progress {

nlohmann::json document_of(const job::JobFacts &facts, const job::JobEnd &end) {
    nlohmann::json phases = nlohmann::json::array();
    for (const job::PhaseDuration &each : end.phases)
        phases.push_back({{"number", job::number_of(each.phase)},
                          {"name", job::name_of(each.phase)},
                          {"seconds", std::chrono::duration<double>(each.took).count()}});
    return {{"job", facts.job},
            {"operation", job::text_of(facts.operation)},
            {"result", job::text_of(end.outcome)},
            {"unfinished", end.unfinished},
            {"from", facts.from_version},
            {"to", facts.to_version},
            {"reason", text::clean_text(end.reason)},
            {"next", text::clean_text(end.next_step)},
            {"started", text::iso_time(facts.started)},
            {"ended", text::iso_time(end.ended)},
            {"log", facts.log_file},
            {"phases", std::move(phases)}};
}

} // namespace updater::progress
