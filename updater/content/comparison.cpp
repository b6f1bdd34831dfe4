#include "updater/content/comparison.hpp"

#include <cstring>

namespace updater::content {

namespace {

std::string version_in(const Versions &versions, const std::string &name) {
    const auto found = versions.find(name);
    return found == versions.end() ? "" : found->second;
}

std::optional<Difference> difference_of(const std::string &name, const SeenVersions &seen) {
    const std::string before = version_in(seen.before, name);
    const std::string converted = seen.converted ? version_in(*seen.converted, name) : before;
    const std::string now = version_in(seen.now, name);
    const std::string expected = converted.empty() ? before : converted;
    const auto different = [&](const std::string &from, const std::string &text) {
        return Difference{name, from, now, text};
    };
    if (now.empty())
        return different(expected, "is missing, was " + expected);
    if (!before.empty() && strverscmp(now.c_str(), before.c_str()) < 0)
        return different(before, "is " + now + ", was " + before + " before the upgrade");
    if (!converted.empty() && now != converted)
        return different(converted, "is " + now + ", was " + converted + " when the new system started");
    return std::nullopt;
}

} // namespace

std::vector<Difference> differences(const SeenVersions &seen) {
    Versions names = seen.before;
    if (seen.converted)
        names.insert(seen.converted->begin(), seen.converted->end());
    std::vector<Difference> all;
    for (const auto &[name, version] : names)
        if (const auto difference = difference_of(name, seen))
            all.push_back(*difference);
    return all;
}

} // namespace updater::content
