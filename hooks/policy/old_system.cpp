// Following paths through the old system's parts; see the header.
#include "hooks/policy/old_system.hpp"

#include "hooks/living_tree.hpp"
#include "partitions/durable.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <iterator>
#include <sstream>

namespace hooks::policy {

using Path = std::filesystem::path;

namespace {

constexpr int max_links = 40; // MAXSYMLINKS of Linux

bool is_below(const Path &path, const Path &directory) {
    const Path relative = path.lexically_relative(directory);
    return !relative.empty() && *relative.begin() != "..";
}

} // namespace

namespace {

/// The word with this number in each line that is no comment, as a path.
std::set<Path> paths_in_lines(partitions::Storage &storage, const Path &file, std::size_t number_of_word) {
    constexpr std::size_t max_list_bytes = 1024UL * 1024;
    std::set<Path> paths;
    if (storage.kind(file) != partitions::FileKind::file)
        return paths;
    std::istringstream lines(partitions::read_whole_file(storage, file, max_list_bytes));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream stream(line);
        const std::vector<std::string> words{std::istream_iterator<std::string>(stream), {}};
        if (words.size() > number_of_word && !words.front().starts_with('#'))
            paths.insert(Path(words[number_of_word]).lexically_normal());
    }
    return paths;
}

} // namespace

std::set<Path> read_shared_places(partitions::Storage &storage, const Path &file) {
    return paths_in_lines(storage, file, 1);
}

std::set<Path> read_folders(partitions::Storage &storage, const Path &file) {
    return paths_in_lines(storage, file, 0);
}

OldSystem::OldSystem(partitions::Storage &storage, const ConversionRequest &request)
    : storage_(storage), request_(request), configuration_(storage, request.source, request.new_root / "etc"),
      shared_places_(
          read_shared_places(storage, request.old_root / "usr/share/update-control/shared-places")),
      snapshot_places_(read_folders(storage, request.new_root / "usr/share/update-control/snapshot-places")) {
}

Region OldSystem::region_of(const Path &absolute) const {
    if (is_below(absolute, "/etc"))
        return Region::configuration;
    if (is_below(absolute, "/data"))
        return Region::shared;
    for (const Path &place : shared_places_)
        if (is_below(absolute, place))
            return Region::shared;
    if (is_below(absolute, "/var"))
        return Region::generation;
    for (const char *directory : {"/run", "/tmp", "/proc", "/sys", "/dev"})
        if (is_below(absolute, directory))
            return Region::until_restart;
    return Region::image;
}

Path OldSystem::real_path(const Path &absolute, Region region) const {
    switch (region) {
    case Region::configuration: {
        // First what the new system will have, then unchanged files that only the old image had.
        const Path relative = absolute.lexically_relative("/etc");
        if (relative == ".")
            return request_.source;
        if (const auto found = configuration_.find(relative))
            return *found;
        return overlay::find_entry(storage_, request_.old_root / "etc", relative).value_or(Path());
    }
    case Region::generation:
        return absolute == "/var"
                   ? request_.old_var
                   : overlay::find_entry(storage_, request_.old_var, absolute.lexically_relative("/var"))
                         .value_or(Path());
    case Region::image:
        return absolute == "/"
                   ? request_.old_root
                   : overlay::find_entry(storage_, request_.old_root, absolute.lexically_relative("/"))
                         .value_or(Path());
    case Region::shared:
    case Region::until_restart:
        break;
    }
    return {};
}

/// How far a path has been followed.
struct OldSystem::Walk {
    std::deque<Path> rest; ///< the names that are left
    Path reached = "/";
    ResolvedPath resolved;

    bool is_over() const { return rest.empty() || resolved.file || !resolved.problem.empty(); }
};

ResolvedPath OldSystem::resolve(const Path &absolute) const {
    Walk walk{.rest = {absolute.begin(), absolute.end()}, .resolved = {}};
    while (!walk.is_over())
        follow_next_name(walk);
    if (!walk.resolved.file && walk.resolved.problem.empty())
        walk.resolved.problem = "it is a directory";
    return walk.resolved;
}

void OldSystem::follow_next_name(Walk &walk) const {
    const Path name = walk.rest.front();
    walk.rest.pop_front();
    if (name == "/" || name.empty() || name == ".")
        return;
    if (name == "..") {
        walk.reached = walk.reached.parent_path();
        return;
    }
    walk.reached /= name;
    const Region region = region_of(walk.reached);
    if (region == Region::shared || region == Region::until_restart)
        return end_without_look(region, walk);
    const ResolvedPath::Step step{walk.reached, region, real_path(walk.reached, region)};
    const partitions::FileKind kind =
        step.real.empty() ? partitions::FileKind::none : storage_.kind(step.real);
    if (step.real.empty() && !is_known(walk.reached, region))
        end_without_look(region, walk);
    else if (step.real.empty())
        walk.resolved.problem = "there is no " + walk.reached.string();
    else if (kind == partitions::FileKind::symlink)
        follow_link(step, walk);
    else if (walk.rest.empty() && kind == partitions::FileKind::file)
        walk.resolved.file = step;
    else if (walk.rest.empty())
        walk.resolved.problem = walk.reached.string() + " is no regular file";
    else if (kind != partitions::FileKind::directory)
        walk.resolved.problem = walk.reached.string() + " is no directory";
}

void OldSystem::end_without_look(Region region, Walk &walk) {
    for (const Path &remaining : walk.rest)
        walk.reached /= remaining;
    walk.resolved.file = ResolvedPath::Step{walk.reached.lexically_normal(), region, {}};
}

bool OldSystem::is_known(const Path &absolute, Region region) const {
    if (!request_.only_settings || region == Region::configuration)
        return true;
    return region == Region::generation &&
           std::any_of(snapshot_places_.begin(), snapshot_places_.end(),
                       [&](const Path &place) { return is_below(absolute, place); });
}

void OldSystem::follow_link(const ResolvedPath::Step &link, Walk &walk) const {
    walk.resolved.links.push_back(link);
    if (walk.resolved.links.size() > max_links) {
        walk.resolved.problem = "too many symbolic links";
        return;
    }
    Path target;
    if (!unless_gone(storage_, link.real, [&] { target = storage_.read_symlink(link.real); })) {
        walk.resolved.problem = "there is no " + walk.reached.string();
        return;
    }
    walk.reached = target.is_absolute() ? Path("/") : walk.reached.parent_path();
    walk.rest.insert(walk.rest.begin(), target.begin(), target.end());
}

} // namespace hooks::policy
