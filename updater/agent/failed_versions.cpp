// A small JSON document: version → reason, or {"interrupted": reason} after a first interruption.
#include "updater/agent/failed_versions.hpp"

#include "partitions/durable.hpp"
#include "updater/agent/clean_text.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace updater {

namespace {

constexpr std::size_t kMostBytes = 64 * 1024;

nlohmann::json read(partitions::Storage &storage, const std::filesystem::path &file) {
    if (storage.kind(file) == partitions::FileKind::none)
        return nlohmann::json::object();
    auto document =
        nlohmann::json::parse(partitions::read_whole_file(storage, file, kMostBytes), nullptr, false);
    // Only a memory aid: one that cannot be read must not keep the appliance from being upgraded.
    return document.is_object() ? document : nlohmann::json::object();
}

void write(partitions::Storage &storage, const std::filesystem::path &file, const nlohmann::json &document) {
    partitions::make_directories(storage, file.parent_path());
    partitions::replace_file(storage, file, document.dump(1) + "\n", 0600);
}

} // namespace

bool speaks_against_version(const JobEnd &end) {
    return end.outcome == Outcome::rolled_back && end.last_phase >= Phase::restart_appliance &&
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

void FailedVersions::remember(const std::string &version, const std::string &reason) {
    auto document = read(storage_, file_);
    document[version] = clean_text(reason); // later told to whoever wants that version
    write(storage_, file_, document);
}

void FailedVersions::remember_interruption(const std::string &version, const std::string &reason) {
    auto document = read(storage_, file_);
    auto &entry = document[version];
    if (entry.is_string())
        return;
    // An updater that does not know the first form takes it for no failure, as it is meant.
    entry = entry.is_null() ? nlohmann::json{{"interrupted", reason}}
                            : nlohmann::json(reason + ", for the second time");
    write(storage_, file_, document);
}

void FailedVersions::forget(const std::string &version) {
    auto document = read(storage_, file_);
    if (document.erase(version) > 0)
        write(storage_, file_, document);
}

} // namespace updater
