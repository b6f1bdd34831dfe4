#include "updater/node/drain.hpp"

#include <utility>

namespace updater::node {

Drain::Drain(DrainFile file, Closing closing, std::string boot_id, text::Clock clock, Tell tell)
    : file_(std::move(file)), closing_(std::move(closing)), boot_id_(std::move(boot_id)),
      clock_(std::move(clock)), tell_(std::move(tell)) {}

void Drain::at_start() {
    const std::lock_guard one(requests_);
    const auto ordered = file_.read();
    if (ordered && (ordered->keep_over_restart || ordered->boot_id == boot_id_)) {
        set(ordered);
        closing_.gate.close_on_request(closing_.ports);
    } else {
        file_.remove();
    }
}

void Drain::begin(const std::string &by, bool keep_over_restart) {
    const std::lock_guard one(requests_);
    DrainOrder wanted =
        order().value_or(DrainOrder{std::chrono::floor<std::chrono::seconds>(clock_()), by, boot_id_, false});
    wanted.boot_id = boot_id_;
    wanted.keep_over_restart = keep_over_restart;
    // First on the disk: an agent that ends now closes the gate when it starts again.
    file_.write(wanted, keep_over_restart ? closing_.rules() : "");
    set(wanted);
    closing_.gate.close_on_request(closing_.ports);
}

bool Drain::end() {
    const std::lock_guard one(requests_);
    const bool was_ordered = order().has_value();
    // First the gate: one that cannot be opened stays closed by an order that is still known, also after a
    // restart.
    closing_.gate.end_request();
    file_.remove();
    set(std::nullopt);
    return was_ordered;
}

std::optional<DrainOrder> Drain::order() const {
    const std::lock_guard lock(mutex_);
    return order_;
}

void Drain::set(std::optional<DrainOrder> order) {
    {
        const std::lock_guard lock(mutex_);
        order_ = order;
    }
    tell_(order);
}

} // namespace updater::node
