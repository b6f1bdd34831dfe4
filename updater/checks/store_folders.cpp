// Whether a store lies completely in its folder. Looks at names and kinds only, while mail flows; files that
// disappear meanwhile are skipped.
#include "updater/checks/preconditions.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace updater::checks {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_named = 5;

const char *const why =
    "Only what lies in the folder itself is copied, converted, and there again after a rollback. ";

struct Entry {
    bool exists = false;
    mode_t mode = 0;
    bool mount_root = false;
};

Entry look_at(const fs::path &path) {
    struct statx status {};
    if (::statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_TYPE, &status) != 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            return {};
        throw fs::filesystem_error("cannot look at a store", path, {errno, std::generic_category()});
    }
    return {.exists = true,
            .mode = status.stx_mode,
            .mount_root = (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0};
}

std::string target_of(const fs::path &link) {
    std::error_code error;
    const auto target = fs::read_symlink(link, error);
    return error ? "somewhere that cannot be read" : target.string();
}

/// The first name in the path may be a mount point: the appliance mounts /var.
void check_way_to(const configuration::Store &store, const fs::path &root) {
    const std::string folder = "the folder of the " + store.name + ", " + store.path.string() + ",";
    fs::path reached = root;
    fs::path shown = "/";
    bool first = true;
    for (const auto &name : store.path.relative_path()) {
        reached /= name;
        shown /= name;
        const auto entry = look_at(reached);
        if (!entry.exists)
            throw Refused(
                folder + " is not there: there is no " + shown.string(),
                "Start its service once, or make the folder, with the owner that the service wants.",
                messages::Code::check_stores);
        if (S_ISLNK(entry.mode))
            throw Refused(folder + " lies behind a symbolic link: " + shown.string() + " leads to " +
                              target_of(reached),
                          why +
                              std::string("Stop its service, move the folder to the place of the link, start "
                                          "the service."),
                          messages::Code::check_stores);
        if (!S_ISDIR(entry.mode))
            throw Refused(folder + " is no folder: " + shown.string() + " is something else",
                          why + std::string("Put the folder in its place."), messages::Code::check_stores);
        if (!first && entry.mount_root)
            throw Refused(folder + " is not on the data partition: something is mounted at " + shown.string(),
                          why + std::string("Stop its service, unmount that, move the files to the folder "
                                            "itself, start the service."),
                          messages::Code::check_stores);
        first = false;
    }
}

/// Whether a link in the store still works in a copy of the whole store.
bool stays_inside(const fs::path &link_below_store, const fs::path &target) {
    if (target.is_absolute())
        return false;
    const auto reached = (link_below_store.parent_path() / target).lexically_normal();
    return reached.empty() || *reached.begin() != "..";
}

void collect(const fs::path &folder, const fs::path &below_store, std::vector<std::string> &found) {
    std::error_code error;
    for (fs::directory_iterator entries(folder, error); !error && entries != fs::directory_iterator();
         entries.increment(error)) {
        const auto name = below_store / entries->path().filename();
        const auto entry = look_at(entries->path());
        if (S_ISLNK(entry.mode)) {
            std::error_code gone;
            const auto target = fs::read_symlink(entries->path(), gone);
            if (!gone && !stays_inside(name, target))
                found.push_back(name.string() + " leads to " + target.string());
        } else if (entry.mount_root) {
            found.push_back("something is mounted at " + name.string());
        } else if (S_ISDIR(entry.mode)) {
            collect(entries->path(), name, found);
        }
    }
    if (error && error != std::errc::no_such_file_or_directory)
        throw fs::filesystem_error("cannot look at a store", folder, error);
}

std::string named(const std::vector<std::string> &found) {
    std::string text;
    for (std::size_t index = 0; index < std::min(found.size(), max_named); ++index)
        text += (index == 0 ? "" : ", ") + found[index];
    return found.size() <= max_named ? text
                                     : text + " and " + std::to_string(found.size() - max_named) + " more";
}

} // namespace

void check_stores(const configuration::Appliance &appliance, const fs::path &root) {
    for (const auto &store : appliance.stores) {
        check_way_to(store, root);
        std::vector<std::string> found;
        collect(root / store.path.relative_path(), {}, found);
        if (!found.empty())
            throw Refused(
                "the " + store.name + " is not all in its folder, " + store.path.string() + ": " +
                    named(found),
                why + std::string("Put the files themselves in the place of these links: for a tablespace of "
                                  "PostgreSQL by ALTER TABLE ... SET TABLESPACE pg_default and DROP "
                                  "TABLESPACE, for anything else while its service is stopped."),
                messages::Code::check_stores);
    }
}

} // namespace updater::checks
