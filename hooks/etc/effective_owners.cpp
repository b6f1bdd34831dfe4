// Reads passwd and group of all three versions; see the header.
#include "hooks/etc/effective_owners.hpp"

#include "hooks/etc/account_merge.hpp"
#include "hooks/overlay/overlay_view.hpp"
#include "partitions/durable.hpp"

#include <string>

namespace hooks {

namespace {

constexpr std::size_t most_account_bytes = 16UL * 1024 * 1024;

std::string text_at(partitions::Storage &storage, const std::optional<std::filesystem::path> &path) {
    if (!path || storage.kind(*path) != partitions::FileKind::file)
        return {};
    return partitions::read_whole_file(storage, *path, most_account_bytes);
}

struct OldAndNew {
    std::string old_text;
    std::string new_text;
};

OldAndNew accounts(partitions::Storage &storage, AccountFile file, const char *name,
                   const std::filesystem::path &upper, const std::filesystem::path &old_etc,
                   const std::filesystem::path &new_etc) {
    const std::string base = text_at(storage, find_entry(storage, old_etc, name));
    const std::string theirs = text_at(storage, find_entry(storage, new_etc, name));
    const std::string mine = text_at(storage, OverlayView(storage, upper, old_etc).find(name));
    return {mine, mine == base ? theirs : merge_accounts(file, base, mine, theirs).text};
}

} // namespace

OwnerTranslation effective_owners(partitions::Storage &storage, const std::filesystem::path &upper,
                                  const std::filesystem::path &old_etc,
                                  const std::filesystem::path &new_etc) {
    const OldAndNew users = accounts(storage, AccountFile::passwd, "passwd", upper, old_etc, new_etc);
    const OldAndNew groups = accounts(storage, AccountFile::group, "group", upper, old_etc, new_etc);
    return {users.old_text, users.new_text, groups.old_text, groups.new_text};
}

OwnerTranslation owners_after_etc(partitions::Storage &storage, const std::filesystem::path &converted,
                                  const std::filesystem::path &old_etc,
                                  const std::filesystem::path &new_etc) {
    const OverlayView new_system(storage, converted, new_etc);
    return {
        text_at(storage, find_entry(storage, old_etc, "passwd")), text_at(storage, new_system.find("passwd")),
        text_at(storage, find_entry(storage, old_etc, "group")), text_at(storage, new_system.find("group"))};
}

} // namespace hooks
