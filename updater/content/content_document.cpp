#include "updater/content/content_document.hpp"

namespace updater::content {

nlohmann::json to_json(const ContentSeen &seen) {
    const auto since = seen.lock.held_since();
    nlohmann::json document = to_json(seen.record.report());
    document.erase("format");
    if (document["job"] == "")
        document["job"] = nullptr;
    document["held_back"] = since.has_value();
    document["held_since"] = since ? nlohmann::json(text::iso_time(*since)) : nlohmann::json(nullptr);
    return document;
}

} // namespace updater::content
