#include "updater/agent/new_jobs.hpp"

#include <ctime>
#include <utility>

namespace updater::agent {

namespace {

std::string job_id(std::chrono::system_clock::time_point time) {
    const auto seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::string text(32, '\0');
    text.resize(std::strftime(text.data(), text.size(), "%Y%m%d-%H%M%S", &parts));
    return text;
}

} // namespace

NewJobs::NewJobs(std::string running_version, job::RunningSystem running,
                 const partitions::Generations &generations, std::filesystem::path log_folder,
                 text::Clock clock, std::optional<std::chrono::milliseconds> last_start)
    : running_version_(std::move(running_version)), running_(std::move(running)), generations_(generations),
      log_folder_(std::move(log_folder)), clock_(std::move(clock)), last_start_(last_start) {}

job::JobFacts NewJobs::facts(job::Operation operation, const std::string &source) const {
    const auto now = clock_();
    job::JobFacts facts;
    facts.job = job_id(now);
    facts.operation = operation;
    facts.source = source;
    facts.log_file = log_folder_ / (facts.job + ".log");
    facts.started = now;
    facts.from_version = running_version_;
    facts.old_slot = running_.slot;
    facts.new_slot = partitions::other(running_.slot);
    facts.last_start = last_start_;
    facts.old_generation = generations_.of_slot(running_.slot);
    return facts;
}

} // namespace updater::agent
