// The member `content` of the agent's state document. Decides nothing.
#pragma once

#include "updater/content/content_lock.hpp"
#include "updater/content/content_record.hpp"

#include <nlohmann/json.hpp>

namespace updater::content {

/// What is told of the product's content.
struct ContentSeen {
    const ContentLock &lock;
    const ContentRecord &record;
};

/// Readers of other versions depend on every name in here.
nlohmann::json to_json(const ContentSeen &seen);

} // namespace updater::content
