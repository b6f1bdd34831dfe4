// What it means to a person that a call of the running service has failed. Asks nobody.
#pragma once

#include <string>

namespace updater::hawkbit {

inline constexpr int exit_failed = 1;
inline constexpr int exit_no_service = 7;

struct NoAnswer {
    int exit_code = exit_no_service;
    std::string advice; ///< a line with its end, or empty where the service itself has said what to do
};

/// `error_name`: of D-Bus. The service may say no, or the bus for it; everything else means that it isn't
/// there.
NoAnswer what_no_answer_means(const std::string &error_name);

} // namespace updater::hawkbit
