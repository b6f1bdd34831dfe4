#include "updater/checks/covered_files.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <libmount.h>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace updater::checks {

namespace {

constexpr std::array places_of_image{"usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "opt", "etc"};
constexpr std::size_t max_covers_named = 5;

struct Cover {
    std::string place;
    std::string source;
};

struct MountTableRelease {
    void operator()(libmnt_table *table) const { mnt_unref_table(table); }
};

bool is_in_image(const std::filesystem::path &place) {
    const auto below = place.relative_path();
    return !below.empty() &&
           std::ranges::any_of(places_of_image, [&](const char *each) { return *below.begin() == each; });
}

/// The mounts over files of the image. The overlay on /etc is known, but only one.
std::vector<Cover> covers_in(const std::filesystem::path &mounts) {
    const std::unique_ptr<libmnt_table, MountTableRelease> table(mnt_new_table_from_file(mounts.c_str()));
    if (!table)
        throw std::filesystem::filesystem_error("cannot read the mounts", mounts,
                                                {errno, std::generic_category()});
    const std::unique_ptr<libmnt_iter, void (*)(libmnt_iter *)> entry(mnt_new_iter(MNT_ITER_FORWARD),
                                                                      mnt_free_iter);
    std::vector<Cover> covers;
    bool etc_seen = false;
    for (libmnt_fs *mount = nullptr; mnt_table_next_fs(table.get(), entry.get(), &mount) == 0;) {
        const auto text = [](const char *value) { return std::string(value == nullptr ? "" : value); };
        const std::string place = text(mnt_fs_get_target(mount));
        if (place == "/etc" && text(mnt_fs_get_fstype(mount)) == "overlay" && !etc_seen) {
            etc_seen = true;
            continue;
        }
        // systemd covers the file with one in memory until the number of a new machine is stored.
        if (place == "/etc/machine-id")
            continue;
        if (is_in_image(place))
            covers.push_back({place, text(mnt_fs_get_source(mount)) + " " + text(mnt_fs_get_root(mount))});
    }
    return covers;
}

/// systemd.unit(5), "String escaping for inclusion in unit names".
std::string mount_unit_of(const std::string &place) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string name;
    for (std::size_t index = 1; index < place.size(); ++index) {
        const auto byte = static_cast<unsigned char>(place[index]);
        const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                           (byte >= '0' && byte <= '9') || byte == ':' || byte == '_' ||
                           (byte == '.' && index > 1);
        if (byte == '/')
            name += '-';
        else if (plain)
            name += static_cast<char>(byte);
        else
            name += {'\\', 'x', digits[byte >> 4U], digits[byte & 15U]};
    }
    return name + ".mount";
}

std::string names_of_covers(const std::vector<Cover> &covers) {
    std::string text;
    for (std::size_t index = 0; index < std::min(covers.size(), max_covers_named); ++index)
        text += (index == 0 ? "" : ", ") + covers[index].place + " by " + covers[index].source;
    return covers.size() <= max_covers_named
               ? text
               : text + " and " + std::to_string(covers.size() - max_covers_named) + " more";
}

Finding covered_files(services::ServiceManager &services, const std::filesystem::path &mounts) {
    const auto all = covers_in(mounts);
    std::vector<Cover> unknown;
    for (const Cover &cover : all)
        // Of a mount that somebody made by hand systemd knows no file.
        if (services.state(mount_unit_of(cover.place)).unit_file_state.empty())
            unknown.push_back(cover);
    if (!unknown.empty())
        return {.verdict = Verdict::fail,
                .text = "unknown changes to the system, which the new version would not have: covered by a "
                        "mount are " +
                        names_of_covers(unknown),
                .advice =
                    "See what they are for: findmnt --submounts /. If they are not needed: umount, then "
                    "check again. If they are, make a mount unit or a line in /etc/fstab of each; these "
                    "are carried to the new version."};
    if (!all.empty())
        return {.verdict = Verdict::notice,
                .text = "covered by a mount that /etc sets up, and will be in the new version too: " +
                        names_of_covers(all)};
    return {.verdict = Verdict::pass,
            .text = "programs see those of the image, nothing is mounted over them"};
}

} // namespace

void check_covered_files(services::ServiceManager &services, Findings &findings,
                         const std::filesystem::path &mounts) {
    findings.judge("image files", [&] { return covered_files(services, mounts); });
}

} // namespace updater::checks
