// Numbers of users and groups differ between two images, names do not: gives a file its owner by name.
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace hooks {

class OwnerTranslation {
  public:
    // The contents of passwd(5) and group(5) of the old and the new system.
    OwnerTranslation(std::string_view old_passwd, std::string_view new_passwd, std::string_view old_group,
                     std::string_view new_group);

    // The number that the owner's name has in the new system. A number without a name, or whose name the new
    // system does not know, stays.
    uid_t user(uid_t old_number) const;
    gid_t group(gid_t old_number) const;

    // A user or group that the new system does not know, and whose number another one has there: its files,
    // that keep the number, get another owner. The text says so; nothing for all other numbers.
    std::optional<std::string> other_user(uid_t old_number) const;
    std::optional<std::string> other_group(gid_t old_number) const;

  private:
    std::map<uid_t, uid_t> users_; // only numbers that change
    std::map<gid_t, gid_t> groups_;
    std::map<uid_t, std::string> other_users_;
    std::map<gid_t, std::string> other_groups_;
};

} // namespace hooks
