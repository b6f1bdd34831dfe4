#include "updater/checks/clock.hpp"

#include "partitions/base/bus.hpp"
#include "updater/text/local_time.hpp"

#include <array>

namespace updater::checks {

namespace {

constexpr std::array time_services{
    "systemd-timesyncd.service", "chrony.service", "chronyd.service", "ntpsec.service", "ntp.service",
    "openntpd.service"};

std::string active_time_service(services::ServiceManager &services) {
    for (const char *unit : time_services)
        if (services.state(unit).is_active())
            return unit;
    return "";
}

Finding clock_behind(const ClockFacts &facts, ClockFacts::Time other, const std::string &what) {
    return {.verdict = Verdict::warn,
            .text = "says " + text::iso_time(facts.now) + ", which is before " + what + " (" +
                    text::iso_time(other) + "): it is wrong",
            .advice =
                "Set it, or certificates seem not valid yet: timedatectl set-time 'YYYY-MM-DD HH:MM:SS'"};
}

Finding clock_finding(const ClockFacts &facts, services::ServiceManager &services) {
    if (facts.image_made && facts.now < *facts.image_made)
        return clock_behind(facts, *facts.image_made, "the running image was made");
    if (facts.feed_checked && facts.now < *facts.feed_checked)
        return clock_behind(facts, *facts.feed_checked, "the last check of the feed");
    const std::string service = active_time_service(services);
    const std::string said = "says " + text::iso_time(facts.now);
    if (service.empty())
        return {.verdict = Verdict::pass, .text = said + "; no service synchronizes it"};
    if (!facts.is_synchronized())
        return {.verdict = Verdict::warn,
                .text = said + "; " + service + " runs, but has not synchronized it",
                .advice = "See why: timedatectl timesync-status; journalctl -u " + service};
    return {.verdict = Verdict::pass, .text = said + ", synchronized by " + service};
}

} // namespace

void check_clock(const ClockFacts &facts, services::ServiceManager &services, Findings &findings) {
    findings.judge(
        "clock", [&] { return clock_finding(facts, services); }, Verdict::warn);
}

bool is_clock_synchronized() {
    auto bus = partitions::base::Bus::system();
    partitions::base::BusErrorHolder error;
    int synchronized = 0;
    partitions::base::check_bus(sd_bus_get_property_trivial(bus.get(), "org.freedesktop.timedate1",
                                                            "/org/freedesktop/timedate1",
                                                            "org.freedesktop.timedate1", "NTPSynchronized",
                                                            &error.error, 'b', &synchronized),
                                "ask whether the clock is synchronized");
    return synchronized != 0;
}

} // namespace updater::checks
