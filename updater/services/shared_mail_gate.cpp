#include "updater/services/shared_mail_gate.hpp"

namespace updater::services {

void SharedMailGate::close(const std::vector<std::uint16_t> &ports) {
    const std::lock_guard lock(mutex_);
    job_closed_ = true;
    gate_.close(ports);
}

void SharedMailGate::open() {
    const std::lock_guard lock(mutex_);
    job_closed_ = false;
    if (!closed_on_request_)
        gate_.open();
}

bool SharedMailGate::is_closed() {
    const std::lock_guard lock(mutex_);
    return gate_.is_closed();
}

std::size_t SharedMailGate::open_connections(const std::vector<std::uint16_t> &ports) {
    const std::lock_guard lock(mutex_);
    return gate_.open_connections(ports);
}

void SharedMailGate::close_on_request(const std::vector<std::uint16_t> &ports) {
    const std::lock_guard lock(mutex_);
    closed_on_request_ = true;
    gate_.close(ports);
}

void SharedMailGate::end_request() {
    const std::lock_guard lock(mutex_);
    if (!job_closed_)
        gate_.open();
    closed_on_request_ = false; // last: a gate that could not be opened stays closed on request
}

} // namespace updater::services
