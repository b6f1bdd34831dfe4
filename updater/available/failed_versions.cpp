// A small JSON document: version → reason, or {"interrupted": reason} after a first interruption; "times":
// version → time (utc_time.hpp). Updaters that do not know the times ignore them, as they ignore every
// object.
#include "updater/available/failed_versions.hpp"

#include "partitions/durable.hpp"
#include "updater/firmware/version.hpp"
#include "updater/text/clean_text.hpp"
#include "updater/text/utc_time.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace updater::available {

namespace {

constexpr std::size_t max_file_bytes = 64 * 1024;
constexpr const char *times = "times";

nlohmann::json read(partitions::Storage &storage, const std::filesystem::path &file) {
    if (storage.kind(file) == partitions::FileKind::none)
        return {{times, nlohmann::json::object()}};
    auto document =
        nlohmann::json::parse(partitions::read_whole_file(storage, file, max_file_bytes), nullptr, false);
    // A file that cannot be read must not prevent upgrades, so it counts as empty.
    if (!document.is_object())
        document = nlohmann::json::object();
    if (!document.contains(times) || !document[times].is_object())
        document[times] = nlohmann::json::object();
    return document;
}

void write(partitions::Storage &storage, const std::filesystem::path &file, const nlohmann::json &document) {
    partitions::make_directories(storage, file.parent_path());
    partitions::replace_file(storage, file, document.dump(1) + "\n", 0600);
}

/// Shown when somebody asks for that version. Cut, so that the file stays within max_file_bytes.
std::string short_reason(const std::string &reason) {
    constexpr std::size_t max_reason_bytes = 500;
    std::string text = text::clean_text(reason);
    if (text.size() <= max_reason_bytes)
        return text;
    std::size_t length = max_reason_bytes;
    while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) // within a character
        --length;
    return text.substr(0, length) + "…";
}

void erase(nlohmann::json &document, const std::string &version) {
    document.erase(version);
    document[times].erase(version);
}

void make_room(nlohmann::json &document, const std::string &for_version) {
    erase(document, for_version);
    while (document.size() > FailedVersions::max_versions) { // one of them is the times
        std::string lowest;
        for (const auto &each : document.items())
            if (each.key() != times && (lowest.empty() || is_lower(each.key(), lowest)))
                lowest = each.key();
        erase(document, lowest);
    }
}

std::optional<std::chrono::sys_seconds> time_of(const nlohmann::json &document, const std::string &version) {
    const auto &noted = document[times];
    const auto found = noted.find(version);
    return found != noted.end() && found->is_string() ? text::parse_utc(found->get<std::string>())
                                                      : std::nullopt;
}

} // namespace

bool is_lower(const std::string &left, const std::string &right) {
    const auto version_of = [](const std::string &text) -> std::optional<firmware::Version> {
        try {
            return firmware::Version::parse(text);
        } catch (const firmware::InvalidVersion &) {
            return std::nullopt;
        }
    };
    return version_of(left) < version_of(right);
}

bool speaks_against_version(const job::JobEnd &end) {
    return end.outcome == job::Outcome::rolled_back && end.last_phase >= job::Phase::restart_appliance &&
           !end.try_later;
}

FailedVersions::FailedVersions(partitions::Storage &storage, std::filesystem::path file)
    : storage_(storage), file_(std::move(file)) {}

std::optional<std::string> FailedVersions::reason_for(const std::string &version) {
    const auto document = read(storage_, file_);
    if (!document.contains(version) || !document[version].is_string())
        return std::nullopt;
    return document[version].get<std::string>();
}

std::vector<FailedVersion> FailedVersions::all() {
    std::vector<FailedVersion> versions;
    const auto document = read(storage_, file_);
    for (const auto &each : document.items())
        if (each.value().is_string())
            versions.push_back({each.key(), each.value().get<std::string>(), time_of(document, each.key())});
    return versions;
}

void FailedVersions::remember(const std::string &version, const std::string &reason,
                              std::chrono::sys_seconds time) {
    auto document = read(storage_, file_);
    make_room(document, version);
    document[version] = short_reason(reason);
    document[times][version] = text::utc_text(time);
    write(storage_, file_, document);
}

void FailedVersions::remember_interruption(const std::string &version, const std::string &reason,
                                           std::chrono::sys_seconds time) {
    auto document = read(storage_, file_);
    const auto before = document.value(version, nlohmann::json());
    if (before.is_string())
        return;
    make_room(document, version);
    // An updater that does not know the first form ignores it, which is right: it is not a failure yet.
    document[version] = before.is_null() ? nlohmann::json{{"interrupted", short_reason(reason)}}
                                         : nlohmann::json(short_reason(reason) + ", for the second time");
    document[times][version] = text::utc_text(time);
    write(storage_, file_, document);
}

void FailedVersions::forget(const std::string &version) {
    auto document = read(storage_, file_);
    if (!document.contains(version))
        return;
    erase(document, version);
    write(storage_, file_, document);
}

void note_job_end(FailedVersions &failed_versions, const job::JobFacts &facts, const job::JobEnd &end) {
    const auto time = std::chrono::floor<std::chrono::seconds>(end.ended);
    if (speaks_against_version(end)) {
        if (end.interrupted)
            failed_versions.remember_interruption(facts.to_version, end.reason, time);
        else
            failed_versions.remember(facts.to_version, end.reason, time);
        return;
    }
    if (end.outcome != job::Outcome::succeeded || facts.operation == job::Operation::download)
        return;
    if (facts.operation == job::Operation::rollback)
        failed_versions.remember(facts.from_version,
                                 "an administrator went back from it to " + facts.to_version, time);
    failed_versions.forget(facts.to_version);
}

} // namespace updater::available
