#include "updater/node/drain_file.hpp"

#include "partitions/durable.hpp"
#include "updater/text/utc_time.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace updater::node {

using nlohmann::json;

namespace {

constexpr std::size_t max_order_bytes = 4096;
constexpr mode_t for_root = 0600;

std::optional<DrainOrder> order_in(const std::string &text) {
    const json document = json::parse(text, nullptr, false);
    try {
        const auto since = text::parse_utc(document.at("since_utc").get<std::string>());
        if (!since)
            return std::nullopt;
        return DrainOrder{*since, document.at("by").get<std::string>(),
                          document.at("boot_id").get<std::string>(),
                          document.at("keep_over_restart").get<bool>()};
    } catch (const json::exception &) {
        return std::nullopt;
    }
}

} // namespace

DrainFile::DrainFile(partitions::Storage &storage, Places places)
    : storage_(storage), places_(std::move(places)) {}

std::optional<DrainOrder> DrainFile::read() const {
    if (storage_.kind(places_.order) != partitions::FileKind::file)
        return std::nullopt;
    return order_in(partitions::read_whole_file(storage_, places_.order, max_order_bytes));
}

void DrainFile::write(const DrainOrder &order, const std::string &rules) {
    partitions::make_directories(storage_, places_.order.parent_path());
    // The rules alone would keep mail out without anybody knowing why.
    if (!order.keep_over_restart)
        partitions::remove_tree(storage_, places_.rules);
    const json document = {{"format", 1},
                           {"since_utc", text::utc_text(order.since)},
                           {"by", order.by},
                           {"boot_id", order.boot_id},
                           {"keep_over_restart", order.keep_over_restart}};
    partitions::replace_file(storage_, places_.order,
                             document.dump(-1, ' ', false, json::error_handler_t::replace) + "\n", for_root);
    if (order.keep_over_restart)
        partitions::replace_file(storage_, places_.rules, rules, for_root);
}

void DrainFile::remove() {
    partitions::remove_tree(storage_, places_.rules);
    partitions::remove_tree(storage_, places_.order);
}

} // namespace updater::node
