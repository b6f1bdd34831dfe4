// Following paths through the old system's parts; see the header.
#include "hooks/policy/old_system.hpp"

#include "hooks/living_tree.hpp"
#include "partitions/durable.hpp"

#include <array>
#include <deque>
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

std::set<Path> read_shared_places(partitions::Storage &storage, const Path &file) {
    std::set<Path> places;
    if (storage.kind(file) != partitions::FileKind::file)
        return places;
    std::istringstream lines(partitions::read_whole_file(storage, file, 1024UL * 1024));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string name;
        std::string place;
        if (words >> name >> place && !name.starts_with('#'))
            places.insert(Path(place).lexically_normal());
    }
    return places;
}

OldSystem::OldSystem(partitions::Storage &storage, const ConversionRequest &request)
    : storage_(storage), request_(request), configuration_(storage, request.source, request.new_root / "etc"),
      shared_places_(
          read_shared_places(storage, request.old_root / "usr/share/update-control/shared-places")) {}

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

ResolvedPath OldSystem::resolve(const Path &absolute) const {
    ResolvedPath resolved;
    std::deque<Path> rest(absolute.begin(), absolute.end());
    Path reached = "/";
    while (!rest.empty()) {
        const Path name = rest.front();
        rest.pop_front();
        if (name == "/" || name.empty() || name == ".")
            continue;
        if (name == "..") {
            reached = reached.parent_path();
            continue;
        }
        reached /= name;
        const Region region = region_of(reached);
        if (region == Region::shared || region == Region::until_restart) {
            for (const Path &remaining : rest)
                reached /= remaining;
            resolved.file = ResolvedPath::Step{reached.lexically_normal(), region, {}};
            return resolved;
        }
        const ResolvedPath::Step step{reached, region, real_path(reached, region)};
        if (step.real.empty()) {
            resolved.problem = "there is no " + reached.string();
            return resolved;
        }
        const partitions::FileKind kind = storage_.kind(step.real);
        if (kind == partitions::FileKind::symlink) {
            resolved.links.push_back(step);
            if (resolved.links.size() > max_links) {
                resolved.problem = "too many symbolic links";
                return resolved;
            }
            Path target;
            if (!unless_gone(storage_, step.real, [&] { target = storage_.read_symlink(step.real); })) {
                resolved.problem = "there is no " + reached.string();
                return resolved;
            }
            reached = target.is_absolute() ? Path("/") : reached.parent_path();
            rest.insert(rest.begin(), target.begin(), target.end());
        } else if (rest.empty()) {
            if (kind == partitions::FileKind::file)
                resolved.file = step;
            else
                resolved.problem = reached.string() + " is no regular file";
        } else if (kind != partitions::FileKind::directory) {
            resolved.problem = reached.string() + " is no directory";
            return resolved;
        }
    }
    if (!resolved.file && resolved.problem.empty())
        resolved.problem = "it is a directory";
    return resolved;
}

} // namespace hooks::policy
