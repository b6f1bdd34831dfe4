#include "updater/progress/forecast.hpp"

#include "updater/job/phase_table.hpp"
#include "updater/progress/conversion_times.hpp"
#include "updater/progress/median.hpp"
#include "updater/progress/past_jobs.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace updater::progress {

namespace {

using job::Phase;
using job::PredictedBy;

struct Guess {
    double seconds = 0;
    PredictedBy by = PredictedBy::estimate;
};

// What is estimated before this appliance has a history: a small server with one disk.
constexpr double fetch_bytes_per_second = 10.0 * 1024 * 1024;
constexpr double write_bytes_per_second = 40.0 * 1024 * 1024; ///< written and read back
constexpr double seconds_beside_the_image = 20; ///< planning, /var, rehearsing the configuration
constexpr double seconds_of_unplanned_image = 300;
constexpr double seconds_of_restart = 75;
constexpr double seconds_beside_the_start = 20; ///< of a restart: going down, firmware, boot loader

/// What phase 2 spends on the image, by the estimate. Only its ratio counts once there is a history.
double seconds_of_image(double fetch_bytes, double write_bytes) {
    return seconds_beside_the_image + fetch_bytes / fetch_bytes_per_second +
           write_bytes / write_bytes_per_second;
}

/// How many stores the job converts. Until its firmware is read: as many as the newest job of its kind.
int store_conversions_of(const job::JobFacts &facts, const std::vector<PastJob> &past) {
    if (!facts.conversions.empty() || facts.fetch_bytes)
        return static_cast<int>(std::ranges::count(facts.conversions, firmware::ConversionKind::store,
                                                   &firmware::Conversion::kind));
    const auto before = std::ranges::find(past, text_of(facts.operation), &PastJob::operation);
    return before == past.end() ? 0 : before->store_conversions.value_or(0);
}

class Predictor {
  public:
    Predictor(const job::JobFacts &facts, const nlohmann::json &history)
        : facts_(facts), past_(past_jobs(history)), store_conversions_(store_conversions_of(facts, past_)) {}

    Guess of(Phase phase) const {
        if (phase == Phase::download)
            return of_download();
        if (phase == Phase::install)
            return of_install();
        if (phase == Phase::migrate_store)
            return of_migration();
        return from_history([&](const PastJob &job) { return job.seconds_of(phase); })
            .value_or(Guess{estimate_of(phase)});
    }

  private:
    using Seconds = std::function<std::optional<double>(const PastJob &)>;

    /// The median of the newest that `seconds` finds something in.
    static std::optional<double> median_in(const std::vector<PastJob> &jobs, const Seconds &seconds) {
        constexpr std::size_t max_compared = 5;
        std::vector<double> values;
        for (const PastJob &job : jobs)
            if (const auto value = seconds(job); value && values.size() < max_compared)
                values.push_back(*value);
        return median_of(std::move(values));
    }

    /// Jobs of the same operation first. What a rollback shares with an installation takes as long there.
    std::optional<Guess> from_history(const Seconds &seconds) const {
        const std::string operation(text_of(facts_.operation));
        const auto same = [&](const PastJob &job) {
            return job.operation == operation ? seconds(job) : std::nullopt;
        };
        const auto other = [&](const PastJob &job) {
            return job.operation == text_of(job::Operation::download) ? std::nullopt : seconds(job);
        };
        auto found = median_in(past_, same);
        if (!found && facts_.operation == job::Operation::rollback)
            found = median_in(past_, other);
        return found ? std::optional(Guess{*found, PredictedBy::history}) : std::nullopt;
    }

    Guess of_download() const {
        const bool from_file = !facts_.firmware_file.empty();
        const bool is_download = facts_.operation == job::Operation::download;
        const auto known = from_history([&](const PastJob &job) -> std::optional<double> {
            if (!is_download && job.from_file.value_or(from_file) != from_file)
                return std::nullopt;
            const auto seconds = job.seconds_of(Phase::download);
            return seconds && is_download ? std::optional(*seconds * scale_to_this_job(job)) : seconds;
        });
        if (known)
            return *known;
        constexpr double seconds_of_checks = 10;
        if (!is_download)
            return {from_file ? 2 * seconds_of_checks : seconds_of_checks};
        return {seconds_of_checks + (facts_.fetch_bytes
                                         ? static_cast<double>(*facts_.fetch_bytes) / fetch_bytes_per_second
                                         : seconds_of_unplanned_image)};
    }

    /// How much more than that job this one does with the image; 1: not known.
    double scale_to_this_job(const PastJob &job) const {
        constexpr double max_scale = 8;
        if (!facts_.fetch_bytes || !job.fetch_bytes)
            return 1;
        const double now = seconds_of_image(static_cast<double>(*facts_.fetch_bytes),
                                            static_cast<double>(facts_.write_bytes.value_or(0)));
        const double then = seconds_of_image(*job.fetch_bytes, job.write_bytes.value_or(0));
        return std::clamp(now / then, 1 / max_scale, max_scale);
    }

    Guess of_install() const {
        const double rehearsal = seconds_of_rehearsal();
        if (const auto known = from_history([&](const PastJob &job) -> std::optional<double> {
                const auto seconds = job.seconds_of(Phase::install);
                if (!seconds)
                    return std::nullopt;
                return std::max(0.0, *seconds - job.rehearsed_seconds) * scale_to_this_job(job);
            }))
            return {known->seconds + rehearsal, PredictedBy::history};
        const double image = facts_.fetch_bytes && facts_.write_bytes
                                 ? seconds_of_image(static_cast<double>(*facts_.fetch_bytes),
                                                    static_cast<double>(*facts_.write_bytes))
                                 : seconds_of_unplanned_image;
        return {image + rehearsal};
    }

    /// A part of phase 2.
    double seconds_of_rehearsal() const {
        if (store_conversions_ == 0)
            return 0;
        if (!facts_.rehearsed.empty())
            return rehearsed_seconds();
        return by_size([](const PastJob &job) { return std::optional(job.rehearsed_seconds); })
            .value_or(estimated_conversion_seconds(store_conversions_, store_bytes()));
    }

    std::optional<double> store_bytes() const {
        return facts_.store_bytes ? std::optional(static_cast<double>(*facts_.store_bytes)) : std::nullopt;
    }

    /// What converting stores of this size takes, by the jobs that converted any.
    std::optional<double> by_size(const Seconds &seconds) const {
        std::vector<ConversionTime> before;
        for (const PastJob &job : past_)
            if (const auto took = seconds(job); took && *took > 0 && job.store_conversions.value_or(1) > 0)
                before.push_back({job.store_bytes, *took});
        return conversion_seconds(before, store_conversions_, store_bytes());
    }

    double rehearsed_seconds() const {
        return std::accumulate(facts_.rehearsed.begin(), facts_.rehearsed.end(), 0.0,
                               [](double sum, const auto &each) {
                                   return sum + std::chrono::duration<double>(each.second).count();
                               });
    }

    Guess of_migration() const {
        const auto took = [](const PastJob &job) { return job.seconds_of(Phase::migrate_store); };
        if (store_conversions_ == 0)
            return from_history([&](const PastJob &job) {
                       return job.store_conversions.value_or(0) == 0 ? took(job) : std::nullopt;
                   })
                .value_or(Guess{1});
        if (!facts_.rehearsed.empty())
            return {rehearsed_seconds() * phase_to_rehearsal(), PredictedBy::rehearsal};
        if (const auto known = by_size(took))
            return {*known, PredictedBy::history};
        return {1 + estimated_conversion_seconds(store_conversions_, store_bytes())};
    }

    /// How long phase 7 took in earlier jobs for each second of their rehearsal, which had less of the
    /// machine.
    double phase_to_rehearsal() const {
        const auto known = from_history([](const PastJob &job) -> std::optional<double> {
            constexpr double max_ratio = 10;
            const auto seconds = job.seconds_of(Phase::migrate_store);
            if (!seconds || job.rehearsed_seconds <= 0)
                return std::nullopt;
            return std::clamp(*seconds / job.rehearsed_seconds, 1 / max_ratio, max_ratio);
        });
        return known ? known->seconds : 1;
    }

    double estimate_of(Phase phase) const {
        switch (phase) {
        case Phase::stop_services:
        case Phase::back_up_configuration:
            return 10;
        case Phase::restart_appliance:
            return facts_.last_start
                       ? std::chrono::duration<double>(*facts_.last_start).count() + seconds_beside_the_start
                       : seconds_of_restart;
        case Phase::start_services:
            return 20;
        default:
            return 1;
        }
    }

    const job::JobFacts &facts_;
    std::vector<PastJob> past_;
    int store_conversions_;
};

template <typename Include>
std::chrono::milliseconds sum_of(const job::Prediction &prediction, Include include) {
    std::chrono::milliseconds sum{0};
    for (const auto &each : prediction)
        if (include(each.phase))
            sum += each.takes;
    return sum;
}

} // namespace

job::Prediction predict(const job::JobFacts &facts, const nlohmann::json &history) {
    const Predictor predictor(facts, history);
    job::Prediction prediction;
    for (const Phase phase : job::all_phases) {
        if (!takes_part(phase, facts.operation))
            continue;
        const Guess guess = predictor.of(phase);
        prediction.push_back(
            {phase,
             std::chrono::round<std::chrono::milliseconds>(std::chrono::duration<double>(guess.seconds)),
             guess.by});
    }
    return prediction;
}

std::chrono::milliseconds total_of(const job::Prediction &prediction) {
    return sum_of(prediction, [](Phase) { return true; });
}

std::chrono::milliseconds downtime_of(const job::Prediction &prediction) {
    return sum_of(prediction, [](Phase phase) { return !job::mail_flows_in(phase); });
}

} // namespace updater::progress
