// Calendar events such as "Sun 03:00 Europe/Berlin" (systemd.time(7)). Only systemd parses and evaluates
// them; nothing here calculates with weekdays or time zones.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace updater::services {

inline constexpr std::size_t max_calendar_bytes = 256;

/// The advice in every refusal of an expression.
inline constexpr const char *calendar_advice =
    "Write it as systemd does, for example \"Sun 03:00\", \"2026-12-24 22:30\" or \"Sat *-*-1..7 02:00 "
    "Europe/Berlin\"; try it out with: systemd-analyze calendar \"Sun 03:00\"";

/// Throws Refused if the expression is empty, too long or holds anything but printable ASCII. Called before
/// systemd parses it.
void check_calendar_expression(const std::string &expression);

class Calendar {
  public:
    virtual ~Calendar() = default;

    /// Starts update-window@.service at every time that the expression names, and replaces the timer that was
    /// armed for this purpose (a word) before. Returns the next of these times. A restart of the machine
    /// removes the timer. Throws Refused for an expression that systemd cannot parse or that lies completely
    /// in the past; then the timer from before stays. Throws ServiceError if systemd cannot be asked.
    virtual std::chrono::sys_seconds arm(const std::string &purpose, const std::string &expression) = 0;

    /// Does nothing if nothing is armed. Throws ServiceError.
    virtual void disarm(const std::string &purpose) = 0;

    /// The next time that the expression names; arms nothing. Throws as arm().
    virtual std::chrono::sys_seconds next(const std::string &expression) = 0;
};

} // namespace updater::services
