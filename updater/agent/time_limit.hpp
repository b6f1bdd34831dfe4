// Bounds what a request may take: work that can be stopped is stopped when its time is over.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>

namespace updater::agent {

/// Returns when `work` does, or throws what it throws. Its token is asked to stop after `limit`.
void within(std::chrono::milliseconds limit, const std::function<void(const std::stop_token &)> &work);

} // namespace updater::agent
