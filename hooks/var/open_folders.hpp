// The folders from the top of the old /var down to the current entry, and their counterparts in the new one.
// A folder is made when something is put into it, so that files left behind leave no empty folders.
#pragma once

#include "hooks/owner_translation.hpp"
#include "hooks/var/var_rules.hpp"
#include "hooks/var/var_writer.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace hooks::var {

/// Makes one line of the report for all files below a place.
struct ReportedAsOne {
    std::filesystem::path place;
    std::string reason;
};

struct OpenFolder {
    std::filesystem::path relative;    ///< below the old /var
    std::filesystem::path destination; ///< below the new /var
    std::filesystem::path mine;
    std::optional<std::filesystem::path> base, theirs; ///< in the images; nothing: no folder there
    const VarRule *rule = nullptr;
    std::optional<ReportedAsOne> as_one;
    bool is_made = false;

    bool stays_behind() const { return rule != nullptr && !rule->carry; }
};

/// The attributes of the folder in the new /var: owner, mode and extended attributes each as changed on this
/// appliance, else as in the new image. If the old image had no such folder, all as in the new image, because
/// the new system's services need them.
overlay::Attributes attributes_of(const OpenFolder &folder, const OwnerTranslation &owners);

class OpenFolders {
  public:
    using OnMade = std::function<void(const OpenFolder &)>;

    OpenFolders(VarWriter &writer, const OwnerTranslation &owners, OnMade on_made);

    /// The folder is open as long as this lives.
    class Opened {
      public:
        Opened(OpenFolders &folders, OpenFolder &folder) : folders_(folders) {
            folders_.open_.push_back(&folder);
        }
        Opened(const Opened &) = delete;
        Opened &operator=(const Opened &) = delete;
        ~Opened() { folders_.open_.pop_back(); }

      private:
        OpenFolders &folders_;
    };

    /// Makes those that are not made yet, from the top down.
    void make_all();

  private:
    VarWriter &writer_;
    const OwnerTranslation &owners_;
    OnMade on_made_;
    std::vector<OpenFolder *> open_;
};

} // namespace hooks::var
