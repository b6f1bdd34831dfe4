#include "updater/schedule/schedule_state.hpp"

#include "partitions/durable.hpp"
#include "updater/text/utc_time.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace updater::schedule {

using nlohmann::json;

namespace {

constexpr int format = 1;
constexpr std::size_t max_bytes = 64UL * 1024;

std::chrono::sys_seconds time_in(const json &document, const char *name) {
    const auto time = text::parse_utc(document.at(name).get<std::string>());
    if (!time)
        throw ScheduleDamaged(std::string("what is scheduled cannot be read: ") + name + " is not a time");
    return *time;
}

std::optional<std::chrono::sys_seconds> optional_time_in(const json &document, const char *name) {
    return document.at(name).is_null() ? std::nullopt : std::optional(time_in(document, name));
}

json document_of(const std::optional<std::chrono::sys_seconds> &time) {
    return time ? json(text::utc_text(*time)) : json(nullptr);
}

ScheduleState state_in(const json &document) {
    if (document.at("format") != format)
        throw ScheduleDamaged("what is scheduled was written by another version of the agent");
    ScheduleState state;
    if (const json &order = document.at("order"); !order.is_null())
        state.order = {order.at("calendar"), order.at("source"), order.at("force"), time_in(order, "due")};
    if (const json &window = document.at("window"); !window.is_null())
        state.window = {window.at("calendar"), time_in(window, "opens")};
    state.postponed_until = optional_time_in(document, "postponed_until");
    state.beginning = optional_time_in(document, "beginning");
    return state;
}

} // namespace

ScheduleFile::ScheduleFile(partitions::Storage &storage, std::filesystem::path file)
    : storage_(storage), file_(std::move(file)) {}

ScheduleState ScheduleFile::read() const {
    if (storage_.kind(file_) == partitions::FileKind::none)
        return {};
    try {
        return state_in(json::parse(partitions::read_whole_file(storage_, file_, max_bytes)));
    } catch (const json::exception &error) {
        throw ScheduleDamaged("what is scheduled cannot be read from " + file_.string() + ": " +
                              error.what());
    }
}

void ScheduleFile::write(const ScheduleState &state) {
    json document = {{"format", format},
                     {"order", nullptr},
                     {"window", nullptr},
                     {"postponed_until", document_of(state.postponed_until)},
                     {"beginning", document_of(state.beginning)}};
    if (state.order)
        document["order"] = {{"calendar", state.order->calendar},
                             {"source", state.order->source},
                             {"force", state.order->force},
                             {"due", text::utc_text(state.order->due)}};
    if (state.window)
        document["window"] = {{"calendar", state.window->calendar},
                              {"opens", text::utc_text(state.window->opens)}};
    partitions::make_directories(storage_, file_.parent_path());
    partitions::replace_file(storage_, file_, document.dump(1) + "\n", 0600);
}

} // namespace updater::schedule
