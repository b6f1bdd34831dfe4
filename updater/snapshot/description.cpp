#include "updater/snapshot/description.hpp"

#include "updater/snapshot/path_text.hpp"
#include "updater/snapshot/snapshot_error.hpp"

#include <algorithm>
#include <linux/fs.h>
#include <unordered_map>

namespace updater::snapshot {

namespace {

constexpr unsigned known_flags = FS_IMMUTABLE_FL | FS_APPEND_FL | FS_NOATIME_FL | FS_NODUMP_FL | FS_SYNC_FL;
constexpr std::size_t max_component_bytes = 255;
constexpr std::size_t max_attribute_name_bytes = 255;
constexpr std::size_t max_attribute_bytes = 64UL * 1024;

/// Checks one of the two lists of entries.
class EntryCheck {
  public:
    EntryCheck(const Description &description, bool may_remove, bool only_files = false)
        : name_(description.name), may_remove_(may_remove), only_files_(only_files) {}

    void check_all(const std::vector<Entry> &entries) {
        for (const Entry &entry : entries)
            check(entry);
    }

  private:
    void check(const Entry &entry) {
        check_place(entry);
        if (only_files_ && ((entry.kind != EntryKind::directory && entry.kind != EntryKind::file) ||
                            entry.attributes.flags != 0))
            complain(entry, "is something else than a folder or file below /var");
        if (entry.kind == EntryKind::whiteout && !may_remove_)
            complain(entry, "is removed from the image itself");
        if (entry.opaque && entry.kind != EntryKind::directory)
            complain(entry, "hides a directory and is none");
        if ((entry.kind == EntryKind::symlink) == entry.target.empty() ||
            entry.target.native().size() > max_path_bytes ||
            entry.target.native().find('\0') != std::string::npos)
            complain(entry, "is a link without a valid target");
        if (entry.size_bytes > max_file_bytes || (entry.kind != EntryKind::file && entry.size_bytes != 0))
            complain(entry, "is too large");
        check_attributes(entry);
    }

    void check_place(const Entry &entry) {
        const std::string &path = entry.path.native();
        if (kinds_.empty() != path.empty())
            complain(entry, "stands where /etc or /var itself belongs");
        if (path.size() > max_path_bytes || path.find('\0') != std::string::npos ||
            path != entry.path.lexically_normal().native() || entry.path.is_absolute() ||
            path.ends_with('/') || path == ".")
            complain(entry, "isn't a path below /etc or /var");
        for (const std::filesystem::path &component : entry.path)
            if (component == ".." || component.native().size() > max_component_bytes)
                complain(entry, "leads out of /etc or /var, or has too long a name");
        if (path.empty() && entry.kind != EntryKind::directory)
            complain(entry, "is /etc or /var and no directory");
        if (!path.empty()) {
            const auto parent = kinds_.find(entry.path.parent_path().native());
            if (parent == kinds_.end() || parent->second != EntryKind::directory)
                complain(entry, "lies in no directory of the snapshot");
        }
        if (!kinds_.emplace(path, entry.kind).second)
            complain(entry, "is there twice");
    }

    void check_attributes(const Entry &entry) const {
        constexpr mode_t all_permissions = 07777;
        constexpr auto no_account = static_cast<uid_t>(-1);
        if ((entry.attributes.permissions & ~all_permissions) != 0 || entry.attributes.owner == no_account ||
            entry.attributes.group == no_account || (entry.attributes.flags & ~known_flags) != 0)
            complain(entry, "has an owner, a mode or flags that no file has");
        constexpr std::int64_t nanoseconds = 1'000'000'000;
        if (entry.modified.nanoseconds < 0 || entry.modified.nanoseconds >= nanoseconds)
            complain(entry, "has a time that doesn't exist");
        for (const auto &[name, value] : entry.attributes.extended) {
            // An overlay's own marks could make it show what lies elsewhere, or run into what lies there.
            const bool known = name.starts_with("user.") || name.starts_with("security.") ||
                               name == "system.posix_acl_access" || name == "system.posix_acl_default" ||
                               (name.starts_with("trusted.") && !name.starts_with("trusted.overlay."));
            if (!known || name.size() > max_attribute_name_bytes || value.size() > max_attribute_bytes ||
                name.find('\0') != std::string::npos)
                complain(entry, "has an extended attribute that a snapshot may not have");
        }
    }

    [[noreturn]] void complain(const Entry &entry, const std::string &what) const {
        throw SnapshotDamaged(name_, "'" + plain_from(entry.path.native()) + "' in it " + what);
    }

    const std::string &name_;
    bool may_remove_;
    bool only_files_;
    std::unordered_map<std::string, EntryKind> kinds_;
};

/// Control characters: those of ASCII, and U+0080 to U+009F, which a terminal obeys as well.
bool has_control_characters(const std::string &text) {
    unsigned char before = 0;
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte < 0x20U || byte == 0x7FU || (before == 0xC2U && byte < 0xA0U))
            return true;
        before = byte;
    }
    return false;
}

void check_text(const Description &description, const std::string &text) {
    if (text.size() > max_text_bytes || has_control_characters(text))
        throw SnapshotDamaged(description.name, "a text in its description is too long or not plain");
}

} // namespace

std::uint64_t contents_bytes(const Description &description) {
    std::uint64_t bytes = 0; // each file is bounded, and so is their number
    for (const auto *list : {&description.settings, &description.base, &description.var})
        for (const Entry &entry : *list)
            bytes += entry.size_bytes;
    return bytes;
}

bool is_snapshot_name(std::string_view name) {
    const auto is_plain = [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9');
    };
    return !name.empty() && name.size() <= max_name_bytes && is_plain(name.front()) &&
           std::ranges::all_of(name, [&](char letter) {
               return is_plain(letter) || letter == '.' || letter == '_' || letter == '-';
           });
}

void check_description(const Description &description) {
    if (!is_snapshot_name(description.name))
        throw SnapshotDamaged("in this file", "its name has other characters than letters, digits, . _ -");
    for (const std::string *each :
         {&description.product, &description.version, &description.slot, &description.why})
        check_text(description, *each);
    for (const auto &[part, format] : description.formats) {
        check_text(description, part);
        check_text(description, format);
    }
    for (const std::string &line : description.left_out)
        check_text(description, line);
    if (description.settings.size() + description.base.size() + description.var.size() > max_entries ||
        description.formats.size() + description.left_out.size() > max_entries)
        throw SnapshotDamaged(description.name, "it has more than " + std::to_string(max_entries) + " files");
    if (description.settings.empty())
        throw SnapshotDamaged(description.name, "it has no /etc");
    EntryCheck(description, true).check_all(description.settings);
    EntryCheck(description, false).check_all(description.base);
    EntryCheck(description, false, true).check_all(description.var);
    if (contents_bytes(description) > max_contents_bytes)
        throw SnapshotDamaged(description.name,
                              "it holds more than " + std::to_string(max_contents_bytes) + " bytes");
}

} // namespace updater::snapshot
