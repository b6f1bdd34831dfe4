#include "updater/hawkbit/no_answer.hpp"

#include "updater/bus/bus_names.hpp"

#include <systemd/sd-bus.h>

namespace updater::hawkbit {

NoAnswer what_no_answer_means(const std::string &error_name) {
    if (error_name == SD_BUS_ERROR_ACCESS_DENIED)
        return {.exit_code = exit_failed, .advice = "Only root may do that.\n"};
    if (error_name.starts_with(bus::agent_error_prefix))
        return {.exit_code = exit_failed, .advice = {}};
    return {.exit_code = exit_no_service,
            .advice = "Does the service run? See: systemctl status update-hawkbit\n"};
}

} // namespace updater::hawkbit
