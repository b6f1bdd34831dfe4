#include "updater/agent/mail_since_upgrade.hpp"

#include "updater/health/store_inspection.hpp"

#include <exception>
#include <utility>

namespace updater::agent {

using nlohmann::json;

namespace {

/// Mail arrives all the time.
constexpr std::chrono::minutes max_age_of_count{5};

} // namespace

std::string MailSinceUpgrade::text() {
    const json upgrade = installation();
    std::string text = "stored since the upgrade";
    if (upgrade.is_object())
        text += " to " + appliance_.version + " ended at " + upgrade.value("ended", "an unknown time");
    std::unique_lock lock(mutex_);
    if (counted_ && std::chrono::steady_clock::now() - counted_at_ > max_age_of_count)
        counted_.reset();
    if (!counting_ && !counted_)
        begin_to_count();
    if (!ended_.wait_for(lock, wait_, [this] { return !counting_; }))
        return text + " (it is being counted; ask again in a minute to learn how much it is)";
    const Counts counts = counted_.value_or(Counts()); // others ask, too
    std::string told;
    for (const configuration::Store &store : appliance_.stores)
        if (const auto count = counts.find(store.name); count != counts.end())
            told += (told.empty() ? ": " : ", ") + text_of(store, count->second, upgrade);
    return text + told;
}

void MailSinceUpgrade::make_way() {
    std::jthread ending;
    {
        const std::lock_guard lock(mutex_);
        ending = std::move(thread_);
        counted_.reset();
    }
    ending.request_stop(); // joined here, without the lock that it needs at its end
}

void MailSinceUpgrade::begin_to_count() {
    // One that has ended is joined here, and gives back the lock before it ends.
    thread_ = std::jthread([this](const std::stop_token &stop) { count_all(stop); });
    counting_ = true;
}

void MailSinceUpgrade::count_all(const std::stop_token &stop) {
    Counts counts;
    for (const configuration::Store &store : appliance_.stores)
        counts[store.name] = count_in(store, stop);
    const std::lock_guard lock(mutex_);
    // What was cut short tells nothing.
    counted_ = stop.stop_requested() ? std::nullopt : std::optional(std::move(counts));
    counted_at_ = std::chrono::steady_clock::now();
    counting_ = false;
    ended_.notify_all();
}

MailSinceUpgrade::Count MailSinceUpgrade::count_in(const configuration::Store &store,
                                                   const std::stop_token &stop) {
    try {
        return {health::count_records(
                    programs_, store, [](std::string_view) {}, stop, max_time_to_count),
                ""};
    } catch (const std::exception &failure) {
        return {0, failure.what()};
    }
}

json MailSinceUpgrade::installation() const {
    const json history = history_.document(); // the loop refers to it
    json found;
    for (const json &job : history["jobs"])
        if (job.value("operation", "") == "install" && job.value("result", "") == "succeeded" &&
            job.value("to", "") == appliance_.version)
            found = job; // the newest is the last
    return found;
}

std::string MailSinceUpgrade::text_of(const configuration::Store &store, const Count &count,
                                      const json &installation) {
    if (!count.problem.empty())
        return "how much, nobody knows: " + count.problem;
    const std::uint64_t now = count.records;
    const std::string holds = "the " + store.name + " holds " + std::to_string(now) + " records";
    const json records = installation.is_object() ? installation.value("records", json()) : json();
    if (!records.is_object() || !records.value(store.name, json()).is_number_unsigned())
        return holds;
    const auto before = records[store.name].get<std::uint64_t>();
    return holds + (now < before ? ", " + std::to_string(before - now) +
                                       " fewer than before it, since old ones were deleted"
                                 : ", " + std::to_string(now - before) + " more than before it");
}

} // namespace updater::agent
