// Translates numbers of users and groups by name: names are the same in two images, numbers may differ.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace hooks {

/// Name -> number of passwd(5) or group(5): in both the name is the first field and the number the third. Of
/// two lines with one name the first counts.
std::map<std::string, id_t, std::less<>> numbers_by_name(std::string_view text);

/// An unassigned number, from a range that no system uses (systemd, "UIDs and GIDs": 1879048192 to
/// 2147483647). Always the same for the same number.
id_t unassigned_number(id_t number);

class OwnerTranslation {
  public:
    /// The contents of passwd(5) and group(5) of the old and the new system.
    OwnerTranslation(std::string_view old_passwd, std::string_view new_passwd, std::string_view old_group,
                     std::string_view new_group);

    /// The number that the owner's name has in the new system. A number without a name, or whose name the new
    /// system does not know, stays, unless the new system gave it to another account: then it becomes
    /// unassigned_number(), so that no account gets access to another's files.
    uid_t user(uid_t old_number) const { return users_.translate(old_number); }
    gid_t group(gid_t old_number) const { return groups_.translate(old_number); }

    /// For a number that becomes unassigned: a text that says whose it was and whose it is now.
    std::optional<std::string> other_user(uid_t old_number) const {
        return users_.taken_by_another("user", old_number);
    }
    std::optional<std::string> other_group(gid_t old_number) const {
        return groups_.taken_by_another("group", old_number);
    }

  private:
    class Numbers {
      public:
        Numbers(std::string_view old_text, std::string_view new_text);
        id_t translate(id_t old_number) const;
        std::optional<std::string> taken_by_another(const char *kind, id_t old_number) const;

      private:
        bool is_taken(id_t old_number) const;

        std::map<id_t, id_t> surviving_; ///< numbers of names that the new system knows
        std::map<id_t, std::string> old_names_;
        std::map<id_t, std::string> new_names_;
    };

    Numbers users_;
    Numbers groups_;
};

} // namespace hooks
