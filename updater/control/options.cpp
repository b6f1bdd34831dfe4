#include "updater/control/options.hpp"

#include <array>

namespace updater::control {

namespace {

constexpr std::array all_options{
    option{"install", no_argument, nullptr, 'i'},
    option{"download", no_argument, nullptr, 'd'},
    option{"list", no_argument, nullptr, 'l'},
    option{"status", no_argument, nullptr, 's'},
    option{"follow", no_argument, nullptr, 'f'},
    option{"cancel", no_argument, nullptr, 'c'},
    option{"rollback", no_argument, nullptr, rollback_option},
    option{"install-rate", required_argument, nullptr, install_rate_option},
    option{"check", no_argument, nullptr, check_option},
    option{"at", required_argument, nullptr, at_option},
    option{"cancel-scheduled", no_argument, nullptr, cancel_scheduled_option},
    option{"postpone-until", required_argument, nullptr, postpone_option},
    option{"window", no_argument, nullptr, something_may_be_due_option},
    option{"force", no_argument, nullptr, force_option},
    option{"json", no_argument, nullptr, json_option},
    option{"no-wait", no_argument, nullptr, no_wait_option},
    option{"help", no_argument, nullptr, 'h'},
    option{"version", no_argument, nullptr, 'V'},
    option{nullptr, 0, nullptr, 0},
};

} // namespace

std::span<const option> long_options() {
    return {all_options.data(), all_options.size() - 1};
}

std::optional<Action> action_of(int letter) {
    switch (letter) {
    case 'i':
        return Action::install;
    case 'd':
        return Action::download;
    case 'l':
        return Action::list;
    case 's':
        return Action::status;
    case 'f':
        return Action::follow;
    case 'c':
        return Action::cancel;
    case rollback_option:
        return Action::roll_back;
    case install_rate_option:
        return Action::install_rate;
    case check_option:
        return Action::check;
    case cancel_scheduled_option:
        return Action::cancel_scheduled;
    case postpone_option:
        return Action::postpone;
    case something_may_be_due_option:
        return Action::something_may_be_due;
    case 'h':
        return Action::help;
    case 'V':
        return Action::version;
    default:
        return std::nullopt;
    }
}

} // namespace updater::control
