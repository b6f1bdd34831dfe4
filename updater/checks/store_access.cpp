#include "updater/checks/store_access.hpp"

#include "updater/refusal.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <system_error>
#include <vector>

namespace updater::checks {

namespace {

namespace fs = std::filesystem;

struct Account {
    uid_t user = 0;
    std::string name;
    std::vector<gid_t> groups;
};

Account account_of(uid_t user, gid_t group_of_folder) {
    std::array<char, 4096> space{};
    passwd entry{};
    passwd *found = nullptr;
    if (::getpwuid_r(user, &entry, space.data(), space.size(), &found) != 0 || found == nullptr)
        return {user, "number " + std::to_string(user), {group_of_folder}};
    Account account{user, entry.pw_name, std::vector<gid_t>(64)};
    int count = static_cast<int>(account.groups.size());
    ::getgrouplist(entry.pw_name, entry.pw_gid, account.groups.data(), &count);
    account.groups.resize(std::min(account.groups.size(), static_cast<std::size_t>(std::max(count, 0))));
    return account;
}

struct stat look(const fs::path &path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        throw fs::filesystem_error("cannot look at a store", path, {errno, std::generic_category()});
    return status;
}

/// `wanted`: bits of "rwx". Root passes everywhere.
bool permits(const struct stat &status, const Account &account, mode_t wanted) {
    if (account.user == 0)
        return true;
    unsigned shift = 0;
    if (status.st_uid == account.user)
        shift = 6;
    else if (std::ranges::find(account.groups, status.st_gid) != account.groups.end())
        shift = 3;
    return ((status.st_mode >> shift) & wanted) == wanted;
}

bool has_access_list(const fs::path &path) {
    return ::getxattr(path.c_str(), "system.posix_acl_access", nullptr, 0) > 0;
}

/// What keeps the account from the store, or "".
std::string obstacle(const configuration::Store &store, const Account &account, const fs::path &root) {
    constexpr mode_t list_and_pass = 5;
    constexpr mode_t pass = 1;
    fs::path reached = root;
    fs::path shown = "/";
    for (const auto &name : store.path.relative_path()) {
        reached /= name;
        shown /= name;
        const bool is_store = shown == store.path;
        if (!permits(look(reached), account, is_store ? list_and_pass : pass) && !has_access_list(reached))
            return shown.string() + (is_store ? " cannot be listed" : " cannot be passed") +
                   " by its owner, " + account.name;
    }
    return "";
}

} // namespace

std::string check_store_access(const configuration::Appliance &appliance, const fs::path &root) {
    std::string wrong;
    std::string read_by;
    for (const auto &store : appliance.stores) {
        const struct stat status = look(root / store.path.relative_path());
        const Account account = account_of(status.st_uid, status.st_gid);
        if (const auto found = obstacle(store, account, root); !found.empty())
            wrong += (wrong.empty() ? "" : "; ") + ("the " + store.name + ": " + found);
        read_by += (read_by.empty() ? "" : ", ") + store.name + " by " + account.name;
    }
    if (!wrong.empty())
        throw Refused(
            "what has to be converted cannot be read: " + wrong,
            "Give the folders the modes that they had, such as 755 on the way and 700 for the store; "
            "see them with: namei --long FOLDER",
            messages::Code::check_store_access);
    return read_by.empty() ? "there are no stores" : "can be read: " + read_by;
}

} // namespace updater::checks
