#include "updater/rescue/rescue_record.hpp"

#include "partitions/durable.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

namespace updater::rescue {

using nlohmann::json;

namespace {

constexpr std::size_t max_record_bytes = 64UL * 1024;

std::int64_t seconds_of(RescueRecord::Time time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

RescueRecord::Time time_of(const json &noted) {
    return RescueRecord::Time(std::chrono::seconds(noted.at("seconds").get<std::uint32_t>()));
}

json document_of(const std::string &generation, RescueRecord::Time time) {
    return {{"generation", generation}, {"seconds", seconds_of(time)}};
}

json document_of(const StartedCopy &started) {
    return {{"slot", std::string(1, partitions::letter(started.slot))},
            {"generation", started.generation},
            {"seconds", seconds_of(started.when)},
            {"on_request", started.on_request},
            {"over", started.over}};
}

/// Nothing if it can't be told of which system it was.
std::optional<StartedCopy> started_in(const json &noted) {
    if (!noted.contains("generation"))
        return std::nullopt;
    return StartedCopy{.slot = noted.at("slot").get<std::string>() == "a" ? partitions::Slot::a
                                                                          : partitions::Slot::b,
                       .generation = noted.at("generation").get<std::string>(),
                       .when = time_of(noted),
                       .on_request = noted.at("on_request").get<bool>(),
                       .over = noted.at("over").get<bool>()};
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
                *noted = {document[name].at("generation").get<std::string>(), time_of(document[name])};
        if (document.is_object() && document.contains("started"))
            started_ = started_in(document["started"]);
    } catch (const std::exception &) {
        // As if nothing were noted: the grace period begins again.
        copied_ = {};
        committed_ = {};
        started_.reset();
    }
}

std::optional<RescueRecord::Time> RescueRecord::made(const std::string &generation) const {
    if (generation.empty() || copied_.generation != generation)
        return std::nullopt;
    return copied_.time;
}

void RescueRecord::note_made(const std::string &generation, Time now) {
    copied_ = {generation, now};
    if (started_)
        started_->over = true;
    save();
}

std::optional<StartedCopy> RescueRecord::started() const {
    return started_;
}

void RescueRecord::note_started(const StartedCopy &started) {
    started_ = started;
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
    json document = {{"format", 1},
                     {"copied", document_of(copied_.generation, copied_.time)},
                     {"committed", document_of(committed_.generation, committed_.time)}};
    if (started_)
        document["started"] = document_of(*started_);
    partitions::replace_file(storage_, file_, document.dump(1) + "\n", 0600);
}

} // namespace updater::rescue
