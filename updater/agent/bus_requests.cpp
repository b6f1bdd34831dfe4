#include "updater/agent/bus_requests.hpp"

#include "updater/refusal.hpp"
#include "updater/text/clean_text.hpp"

#include <exception>
#include <utility>

namespace updater::agent {

namespace {

constexpr std::uint64_t mib = 1024UL * 1024;

nlohmann::json with_schedule(nlohmann::json document, const schedule::Schedule &schedule) {
    document.update(schedule.document());
    return document;
}

} // namespace

BusRequests::BusRequests(job::JobRequests &jobs, pacing::Pacer &pacer, const Reports &reports,
                         const Planned &planned, DropPrevious drop_previous)
    : jobs_(jobs), pacer_(pacer), reports_(reports), planned_(planned),
      drop_previous_(std::move(drop_previous)) {}

std::string BusRequests::install(const std::string &source, const job::InstallOptions &options) {
    return jobs_.install(source, options);
}

std::string BusRequests::download(const std::string &source) {
    return jobs_.download(source);
}

void BusRequests::cancel() {
    jobs_.cancel();
}

void BusRequests::rollback(bool force) {
    jobs_.rollback(force);
}

void BusRequests::set_install_rate(std::uint64_t mib_per_second) {
    pacer_.set_rate(mib_per_second * mib);
    reports_.status.install_rate(mib_per_second);
}

void BusRequests::check(bool about_to_install) {
    if (!planned_.feed)
        throw job::NotPossible(
            "no feed is configured (<firmware feed=…> in appliance.xml), so there is nothing to "
            "check");
    planned_.feed->begin_check();
    planned_.background_thread.feed_check_began(about_to_install);
}

void BusRequests::verify(const std::string &slots) {
    using partitions::Slot;
    if (slots.empty())
        return reports_.rescue.verify({Slot::a, Slot::b});
    if (slots != "a" && slots != "b")
        throw Refused("there is no slot \"" + slots + "\"", "Name a or b, or leave it out for both.");
    reports_.rescue.verify({partitions::slot_of_letter(slots.front())});
}

nlohmann::json BusRequests::schedule(const std::string &source, bool force, const std::string &calendar) {
    auto document = planned_.schedule.order(source, force, calendar);
    // It may have become due while its timer was made.
    planned_.background_thread.something_may_be_due();
    return document;
}

void BusRequests::cancel_scheduled() {
    planned_.schedule.cancel_order();
}

nlohmann::json BusRequests::postpone(const std::string &calendar) {
    return planned_.schedule.postpone(calendar);
}

void BusRequests::something_may_be_due() {
    planned_.background_thread.something_may_be_due();
}

nlohmann::json BusRequests::state() const {
    auto document = with_schedule(reports_.status.state(), planned_.schedule);
    document.update(reports_.node.state_members());
    document["content"] = content::to_json(reports_.content);
    document["rescue"] = reports_.rescue.document();
    try {
        document["rescue"].update(reports_.other_slot.document());
    } catch (const std::exception &failure) {
        // Whatever is wrong with the disk, the state of a job must be seen.
        document["rescue"]["problem"] = text::clean_text(failure.what());
    }
    return document;
}

nlohmann::json BusRequests::firmware() const {
    return with_schedule(reports_.firmware.make(), planned_.schedule);
}

nlohmann::json BusRequests::events(std::uint64_t after) const {
    return reports_.status.events(after);
}

} // namespace updater::agent
