#include "updater/phases/conflicts.hpp"

#include "updater/job/install_options.hpp"
#include "updater/job/recovery.hpp"

#include <algorithm>

namespace updater::phases {

namespace {

constexpr std::string_view after_name = ": ";
constexpr std::string_view before_path = "conflict ";
constexpr std::string_view after_path = ": ";
/// Of the message; the log has all of them.
constexpr std::size_t max_named = 20;

std::string_view path_of(std::string_view conflict) {
    return conflict.substr(0, conflict.find(after_path));
}

bool fit_into_a_job(const std::vector<std::string> &paths) {
    return job::excess_of(paths).empty() && std::ranges::all_of(paths, [](const std::string &path) {
               return path.size() <= job::max_known_conflict_bytes;
           });
}

/// No command that would stop at the same again.
std::string how_to_go_on(const job::JobFacts &facts, const std::vector<std::string> &unknown,
                         std::size_t count) {
    const std::string go_on = "The appliance runs " + facts.from_version +
                              " as before. Undo what should not stay. To go on although the rest stays as it "
                              "is";
    job::JobFacts accepting = facts;
    for (const std::string &conflict : unknown)
        accepting.known_conflicts.emplace_back(path_of(conflict));
    if (count <= max_named && fit_into_a_job(accepting.known_conflicts))
        return go_on + ": " + job::command_to_try_again(accepting, job::Phase::install);
    accepting.stop_on_conflict = false;
    return go_on + ", name the folders that they are in with --known-conflict, or stop at none: " +
           job::command_to_try_again(accepting, job::Phase::install);
}

} // namespace

std::optional<std::string_view> conflict_in(std::string_view line) {
    const auto name_ends = line.find(after_name);
    if (name_ends == std::string_view::npos)
        return std::nullopt;
    line.remove_prefix(name_ends + after_name.size());
    if (!line.starts_with(before_path))
        return std::nullopt;
    line.remove_prefix(before_path.size());
    return line.starts_with('/') ? std::optional(line) : std::nullopt;
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
    const auto same_path = [&](const std::string &kept) { return path_of(kept) == path_of(*conflict); };
    if (std::ranges::any_of(unknown_, same_path))
        return;
    if (++count_ <= max_kept)
        unknown_.emplace_back(*conflict);
}

void Conflicts::require_none(const job::JobFacts &facts) const {
    if (unknown_.empty())
        return;
    std::string named;
    for (std::size_t i = 0; i < std::min(unknown_.size(), max_named); ++i)
        named += (i == 0 ? "" : "; ") + unknown_[i];
    if (count_ > max_named)
        named += "; and " + std::to_string(count_ - max_named) + " more, in the log";
    throw UnknownConflicts(std::to_string(count_) + (count_ == 1 ? " change" : " changes") +
                               " of this appliance in conflict with " + facts.to_version +
                               (count_ == 1 ? " is" : " are") + " not named as known: " + named,
                           how_to_go_on(facts, unknown_, count_));
}

} // namespace updater::phases
