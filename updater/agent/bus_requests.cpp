#include "updater/agent/bus_requests.hpp"

namespace updater::agent {

namespace {

constexpr std::uint64_t mib = 1024UL * 1024;

nlohmann::json with_schedule(nlohmann::json document, const schedule::Schedule &schedule) {
    document.update(schedule.document());
    return document;
}

} // namespace

BusRequests::BusRequests(job::JobRequests &jobs, progress::JobStatus &status, pacing::Pacer &pacer,
                         const available::FirmwareDocument &firmware, available::FeedMonitor *feed,
                         schedule::Schedule &schedule, schedule::BackgroundThread &background_thread,
                         FirmwareCheck &firmware_check)
    : jobs_(jobs), status_(status), pacer_(pacer), firmware_(firmware), feed_(feed), schedule_(schedule),
      background_thread_(background_thread), firmware_check_(firmware_check) {}

std::string BusRequests::install(const std::string &source, bool force) {
    return jobs_.install(source, force);
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
    status_.install_rate(mib_per_second);
}

void BusRequests::check(bool about_to_install) {
    if (!feed_)
        throw job::NotPossible(
            "no feed is configured (<firmware feed=…> in appliance.xml), so there is nothing to "
            "check");
    feed_->begin_check();
    background_thread_.feed_check_began(about_to_install);
}

nlohmann::json BusRequests::schedule(const std::string &source, bool force, const std::string &calendar) {
    auto document = schedule_.order(source, force, calendar);
    // It may have become due while its timer was made.
    background_thread_.something_may_be_due();
    return document;
}

void BusRequests::cancel_scheduled() {
    schedule_.cancel_order();
}

nlohmann::json BusRequests::postpone(const std::string &calendar) {
    return schedule_.postpone(calendar);
}

void BusRequests::something_may_be_due() {
    background_thread_.something_may_be_due();
}

nlohmann::json BusRequests::state() const {
    return with_schedule(status_.state(), schedule_);
}

nlohmann::json BusRequests::firmware() const {
    return with_schedule(firmware_.make(), schedule_);
}

nlohmann::json BusRequests::events(std::uint64_t after) const {
    return status_.events(after);
}

} // namespace updater::agent
