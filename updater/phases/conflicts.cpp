#include "updater/phases/conflicts.hpp"

#include "updater/job/recovery.hpp"

#include <algorithm>

namespace updater::phases {

namespace {

constexpr std::string_view before_conflict = ": conflict ";
constexpr std::string_view after_path = ": ";
/// Of the message; the log has all of them.
constexpr std::size_t max_named = 20;

std::string path_of(const std::string &conflict) {
    return conflict.substr(0, conflict.find(after_path));
}

} // namespace

std::optional<std::string_view> conflict_in(std::string_view line) {
    const auto begins = line.find(before_conflict);
    if (begins == std::string_view::npos)
        return std::nullopt;
    const auto conflict = line.substr(begins + before_conflict.size());
    return conflict.starts_with('/') ? std::optional(conflict) : std::nullopt;
}

bool is_at(std::string_view conflict, std::string_view path) {
    while (path.ends_with('/'))
        path.remove_suffix(1);
    if (path.empty() || !conflict.starts_with(path))
        return false;
    const auto rest = conflict.substr(path.size());
    return rest.empty() || rest.starts_with('/') || rest.starts_with(after_path);
}

void Conflicts::read(std::string_view line, const std::vector<std::string> &known) {
    const auto conflict = conflict_in(line);
    if (!conflict ||
        std::ranges::any_of(known, [&](const std::string &path) { return is_at(*conflict, path); }))
        return;
    if (++count_ <= max_kept)
        unknown_.emplace_back(*conflict);
}

void Conflicts::require_none(const job::JobFacts &facts) const {
    if (unknown_.empty())
        return;
    std::string named;
    // What would start it again with all of them.
    job::JobFacts accepting = facts;
    for (std::size_t i = 0; i < std::min(unknown_.size(), max_named); ++i) {
        named += (i == 0 ? "" : "; ") + unknown_[i];
        accepting.known_conflicts.push_back(path_of(unknown_[i]));
    }
    if (count_ > max_named)
        named += "; and " + std::to_string(count_ - max_named) + " more, in the log";
    throw UnknownConflicts(std::to_string(count_) + (count_ == 1 ? " change" : " changes") +
                           " of this appliance in conflict with " + facts.to_version +
                           (count_ == 1 ? " is" : " are") + " not named as known: " + named +
                           ". Undo what should not stay. To go on although the rest stays as it is: " +
                           job::command_to_try_again(accepting, job::Phase::install));
}

} // namespace updater::phases
