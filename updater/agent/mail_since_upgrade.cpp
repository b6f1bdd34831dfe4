#include "updater/agent/mail_since_upgrade.hpp"

#include "updater/health/store_inspection.hpp"

#include <cstdint>
#include <exception>

namespace updater::agent {

using nlohmann::json;

std::string MailSinceUpgrade::text() {
    const json upgrade = installation();
    std::string text = "stored since the upgrade";
    if (upgrade.is_object())
        text += " to " + appliance_.version + " ended at " + upgrade.value("ended", "an unknown time");
    std::string counts;
    for (const configuration::Store &store : appliance_.stores)
        counts += (counts.empty() ? ": " : ", ") + count_of(store, upgrade);
    return text + counts;
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

std::string MailSinceUpgrade::count_of(const configuration::Store &store, const json &installation) {
    std::uint64_t now = 0;
    try {
        now = health::count_records(
            programs_, store, [](std::string_view) {}, {}, max_time_to_count);
    } catch (const std::exception &failure) {
        return std::string("how much, nobody knows: ") + failure.what();
    }
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
