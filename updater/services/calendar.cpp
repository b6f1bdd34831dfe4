#include "updater/services/calendar.hpp"

#include "updater/refusal.hpp"

#include <algorithm>

namespace updater::services {

void check_calendar_expression(const std::string &expression) {
    if (expression.empty())
        throw Refused("the time is empty", calendar_advice, messages::Code::time_refused);
    if (expression.size() > max_calendar_bytes)
        throw Refused("the time is longer than " + std::to_string(max_calendar_bytes) + " bytes",
                      calendar_advice, messages::Code::time_refused);
    if (std::ranges::any_of(expression, [](char byte) { return byte < ' ' || byte > '~'; }))
        throw Refused("the time holds characters other than printable ASCII", calendar_advice,
                      messages::Code::time_refused);
}

} // namespace updater::services
