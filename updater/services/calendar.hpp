// When something is due: expressions such as "Sun 03:00 Europe/Berlin" (systemd.time(7), calendar events).
// systemd alone reads and evaluates them; here nobody calculates with weekdays and time zones.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace updater::services {

inline constexpr std::size_t max_calendar_bytes = 256;

/// What every refusal of an expression ends with.
inline constexpr const char *calendar_advice =
    "Write it as systemd does, for example \"Sun 03:00\", \"2026-12-24 22:30\" or \"Sat *-*-1..7 02:00 "
    "Europe/Berlin\"; try it out with: systemd-analyze calendar \"Sun 03:00\"";

/// Throws Refused for one that is empty, too long or holds anything but printable ASCII, before anybody
/// reads it.
void check_calendar_expression(const std::string &expression);

class Calendar {
  public:
    virtual ~Calendar() = default;

    /// From now on update-window@.service is started at every moment that the expression names; what was
    /// armed for this purpose (a word) before is no more. Returns the next of these moments. Nothing of it
    /// outlives a restart of the machine. Throws Refused, after which all is as before, for an expression
    /// that cannot be read or that lies wholly in the past; ServiceError when systemd cannot be asked.
    virtual std::chrono::sys_seconds arm(const std::string &purpose, const std::string &expression) = 0;

    /// Nothing happens when nothing is armed. Throws ServiceError.
    virtual void disarm(const std::string &purpose) = 0;

    /// The next moment that the expression names; arms nothing. Throws as arm().
    virtual std::chrono::sys_seconds next(const std::string &expression) = 0;
};

} // namespace updater::services
