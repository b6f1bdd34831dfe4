#include "updater/progress/event.hpp"

#include "updater/text/local_time.hpp"

namespace updater::progress {

std::string log_line(const Event &event) {
    std::string line = text::iso_time(event.time);
    if (event.phase)
        line += " phase " + std::to_string(job::number_of(*event.phase)) + " " +
                std::string(job::name_of(*event.phase)) + ": ";
    else
        line += " job: ";
    line += job::text_of(event.severity);
    line += ": ";
    line += event.text;
    if (!event.code.empty())
        line += " [" + event.code + "]";
    return line;
}

} // namespace updater::progress
