#include "updater/bus/caller_limit.hpp"

#include <algorithm>
#include <utility>

namespace updater::bus {

CallerLimit::CallerLimit(Now now) : now_(std::move(now)) {}

bool CallerLimit::allows(uid_t user) {
    const Time now = now_();
    if (!users_.contains(user) && users_.size() == max_users) {
        // The bucket that was used least recently is the fullest.
        const auto least_recent =
            std::ranges::min_element(users_, {}, [](const auto &each) { return each.second.since; });
        users_.erase(least_recent);
    }
    Allowance &allowance = users_.try_emplace(user, Allowance{.since = now}).first->second;
    const std::chrono::duration<double> waited = now - allowance.since;
    allowance.answers = std::min(answers_at_once, allowance.answers + waited.count() * answers_per_second);
    allowance.since = now;
    if (allowance.answers < 1)
        return false;
    allowance.answers -= 1;
    return true;
}

} // namespace updater::bus
