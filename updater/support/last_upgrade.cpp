#include "updater/support/last_upgrade.hpp"

#include <chrono>
#include <ctime>
#include <nlohmann/json.hpp>
#include <sstream>

namespace updater::support {

namespace {

using Time = std::chrono::sys_seconds;

constexpr std::chrono::minutes around{10};

std::string text_in(const nlohmann::json &job, const char *member) {
    const auto found = job.find(member);
    return found != job.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// RFC 3339, as the documents have it.
std::optional<Time> time_in(const nlohmann::json &job, const char *member) {
    std::tm parts{};
    const std::string text = text_in(job, member);
    const char *zone = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
    if (zone == nullptr)
        return std::nullopt;
    std::tm offset{};
    long offset_seconds = 0;
    if (*zone == '+' || *zone == '-') {
        if (::strptime(zone + 1, "%H:%M", &offset) == nullptr)
            return std::nullopt;
        offset_seconds = (offset.tm_hour * 60L + offset.tm_min) * 60L * (*zone == '-' ? -1 : 1);
    }
    return Time(std::chrono::seconds(::timegm(&parts) - offset_seconds));
}

std::string for_journalctl(Time time) {
    const std::time_t seconds = time.time_since_epoch().count();
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::string text(32, '\0');
    text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts));
    return text;
}

} // namespace

std::optional<Span> last_upgrade_in(std::string_view history) {
    const auto document = nlohmann::json::parse(history, nullptr, false);
    if (!document.is_object() || !document.contains("jobs") || !document["jobs"].is_array())
        return std::nullopt;
    const auto &jobs = document["jobs"];
    for (auto job = jobs.rbegin(); job != jobs.rend(); ++job) {
        if (!job->is_object() || text_in(*job, "operation") == "download")
            continue;
        const auto from = time_in(*job, "started");
        const auto to = time_in(*job, "ended");
        if (from && to)
            return Span{for_journalctl(*from - around), for_journalctl(*to + around)};
    }
    return std::nullopt;
}

} // namespace updater::support
