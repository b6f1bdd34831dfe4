#include "updater/rescue/rescue_record.hpp"

#include "partitions/durable.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

namespace updater::rescue {

using nlohmann::json;

namespace {

constexpr std::size_t max_record_bytes = 64UL * 1024;

json document_of(const std::string &generation, RescueRecord::Time time) {
    return {{"generation", generation},
            {"seconds", std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count()}};
}

} // namespace

RescueRecord::RescueRecord(partitions::Storage &storage, std::filesystem::path file)
    : storage_(storage), file_(std::move(file)) {
    try {
        if (storage_.kind(file_) != partitions::FileKind::file)
            return;
        const json document =
            json::parse(partitions::read_whole_file(storage_, file_, max_record_bytes), nullptr, false);
        for (const auto &[name, noted] : {std::pair{"copied", &copied_}, std::pair{"committed", &committed_}})
            if (document.is_object() && document.contains(name))
                *noted = {document[name].at("generation").get<std::string>(),
                          Time(std::chrono::seconds(document[name].at("seconds").get<std::uint32_t>()))};
    } catch (const std::exception &) {
        // As if nothing were noted: the grace period begins again.
        copied_ = {};
        committed_ = {};
    }
}

std::optional<RescueRecord::Time> RescueRecord::made(const std::string &generation) const {
    if (generation.empty() || copied_.generation != generation)
        return std::nullopt;
    return copied_.time;
}

void RescueRecord::note_made(const std::string &generation, Time now) {
    copied_ = {generation, now};
    save();
}

RescueRecord::Time RescueRecord::committed_since(const std::string &generation, Time now) {
    if (committed_.generation != generation || committed_.time > now) {
        committed_ = {generation, now};
        save();
    }
    return committed_.time;
}

void RescueRecord::save() const {
    partitions::make_directories(storage_, file_.parent_path());
    const json document = {{"format", 1},
                           {"copied", document_of(copied_.generation, copied_.time)},
                           {"committed", document_of(committed_.generation, committed_.time)}};
    partitions::replace_file(storage_, file_, document.dump(1) + "\n", 0600);
}

} // namespace updater::rescue
