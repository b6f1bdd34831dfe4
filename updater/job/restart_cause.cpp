#include "updater/job/restart_cause.hpp"

#include <stdexcept>

namespace updater::job {

namespace {

std::string kind_text(const RestartCause &cause) {
    const std::string found = cause.found.empty() ? "" : " (" + cause.found + ")";
    switch (cause.kind) {
    case RestartKind::no_trace:
        return "no trace of why: a power failure or a hang";
    case RestartKind::panic:
        return "the kernel panicked" + found;
    case RestartKind::watchdog:
        return "the watchdog ended a hang" + found;
    case RestartKind::asked_for:
        return "the restart was asked for" + found;
    case RestartKind::not_named:
        return "the systemd journal does not say who asked for it";
    }
    throw std::logic_error("a kind of restart without a text");
}

} // namespace

std::string text_of(const RestartCause &cause) {
    return kind_text(cause) + (cause.boot_id.empty() ? "" : "; see journalctl -b " + cause.boot_id);
}

} // namespace updater::job
