// The rules for one entry, most certain first; see the header.
#include "hooks/etc/entry_decision.hpp"

#include "hooks/conversion_program.hpp"
#include "hooks/etc/account_merge.hpp"
#include "hooks/etc/parameter_merge.hpp"
#include "hooks/etc/text_merge.hpp"
#include "hooks/overlay/overlay_format.hpp"
#include "partitions/durable.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <sys/stat.h>

namespace hooks {

using partitions::FileKind;
using partitions::Storage;

namespace {

constexpr std::size_t most_text_bytes = 16UL * 1024 * 1024;

// Since Debian 12 /lib, /bin and /sbin are links into /usr: two ways to write one target.
std::string canonical_target(const std::filesystem::path &target) {
    for (const char *directory : {"/lib/", "/bin/", "/sbin/"})
        if (target.string().starts_with(directory))
            return "/usr" + target.string();
    return target.string();
}

bool same_bytes(Storage &storage, const std::filesystem::path &a, const std::filesystem::path &b) {
    if (storage.details(a).size_bytes != storage.details(b).size_bytes)
        return false;
    const auto file_a = storage.open(a, partitions::OpenMode::read);
    const auto file_b = storage.open(b, partitions::OpenMode::read);
    std::vector<std::byte> buffer_a(256UL * 1024);
    std::vector<std::byte> buffer_b(buffer_a.size());
    for (std::uint64_t offset = 0;; offset += buffer_a.size()) {
        const std::size_t length_a = file_a->read_at(offset, buffer_a);
        const std::size_t length_b = file_b->read_at(offset, buffer_b);
        if (length_a != length_b ||
            !std::equal(buffer_a.begin(), buffer_a.begin() + static_cast<std::ptrdiff_t>(length_a),
                        buffer_b.begin()))
            return false;
        if (length_a < buffer_a.size())
            return true;
    }
}

// The contents if it is a regular file of moderate size without zero bytes.
std::optional<std::string> read_text(Storage &storage, const std::filesystem::path &path) {
    const partitions::FileDetails details = storage.details(path);
    if (details.kind != FileKind::file || details.size_bytes > most_text_bytes)
        return std::nullopt;
    std::string text = partitions::read_whole_file(storage, path, most_text_bytes);
    if (text.find('\0') != std::string::npos)
        return std::nullopt;
    return text;
}

std::string joined(const std::vector<std::string> &texts) {
    std::string result;
    for (const std::string &text : texts)
        result += (result.empty() ? "" : "; ") + text;
    return result;
}

Decision decide_removed(Storage &storage, const Versions &versions) {
    if (!versions.theirs)
        return {Fate::left_behind, Contents::nothing,
                "removed by the administrator, and the new system has none", "", false};
    if (!versions.base)
        return {Fate::left_behind, Contents::nothing,
                "a removal of something that the old image did not have", "", false};
    if (storage.kind(*versions.base) != storage.kind(*versions.theirs))
        return {Fate::conflict, Contents::whiteout,
                "stays removed, but what the new system has there is of another kind than what was removed",
                "", false};
    return {Fate::carried, Contents::whiteout, "removed by the administrator", "", false};
}

Decision merge_account_file(AccountFile file, const std::string &base, const std::string &mine,
                            const std::string &theirs) {
    AccountMerge merge = merge_accounts(file, base, mine, theirs);
    Decision decision{Fate::merged, Contents::text, "merged account by account", std::move(merge.text),
                      false};
    if (!merge.remarks.empty())
        decision.reason += "; " + joined(merge.remarks);
    if (!merge.conflicts.empty()) {
        decision.fate = Fate::conflict;
        decision.reason = "merged, but look at " + joined(merge.conflicts);
        decision.lay_theirs_beside = true;
    }
    return decision;
}

Decision administrators_wins(const std::string &why) {
    return {Fate::conflict, Contents::mine, why + "; the administrator's version stays", "", true};
}

Decision merge_text_files(const std::filesystem::path &relative, const Versions &versions,
                          const std::string &base, const std::string &mine, const std::string &theirs) {
    TextMerge by_lines = merge_texts(*versions.base, versions.mine, *versions.theirs);
    if (by_lines.clean)
        return {Fate::merged, Contents::text, "changed on both sides, merged", std::move(by_lines.text),
                false};
    const std::string clash = "changed on both sides in the same lines";
    const std::optional<ParameterFile> file = parameter_file_at(relative.string());
    if (!file)
        return administrators_wins(clash);
    std::optional<ParameterMerge> by_name = merge_parameters(*file, base, mine, theirs);
    if (!by_name)
        return administrators_wins(clash);
    if (by_name->conflicts.empty())
        return {Fate::merged, Contents::text, "changed on both sides, merged name by name",
                std::move(by_name->text), false};
    return {Fate::conflict, Contents::text,
            "changed on both sides; the administrator's value stays for " + joined(by_name->conflicts) +
                ", the rest is merged",
            std::move(by_name->text), true};
}

Decision decide_both_changed(Storage &storage, const std::filesystem::path &relative,
                             const Versions &versions) {
    const FileKind mine_kind = storage.kind(versions.mine);
    const FileKind theirs_kind = storage.kind(*versions.theirs);
    if (mine_kind != theirs_kind)
        return administrators_wins("of another kind in the new system");
    if (mine_kind == FileKind::symlink)
        return {Fate::conflict, Contents::mine,
                "a link to " + storage.read_symlink(versions.mine).string() + ", in the new system to " +
                    storage.read_symlink(*versions.theirs).string() + "; the administrator's version stays",
                "", false};
    const std::optional<std::string> mine = read_text(storage, versions.mine);
    const std::optional<std::string> theirs = read_text(storage, *versions.theirs);
    const std::optional<std::string> base =
        versions.base ? read_text(storage, *versions.base) : std::string();
    if (!mine || !theirs || !base)
        return administrators_wins("changed on both sides, and no text that could be merged");
    if (const std::optional<AccountFile> file = account_file_at(relative.string()))
        return merge_account_file(*file, *base, *mine, *theirs);
    if (!versions.base)
        return administrators_wins("made by the administrator and by the new system");
    return merge_text_files(relative, versions, *base, *mine, *theirs);
}

} // namespace

bool same_contents(Storage &storage, const std::filesystem::path &a, const std::filesystem::path &b) {
    const partitions::FileDetails details_a = storage.details(a);
    const partitions::FileDetails details_b = storage.details(b);
    if (details_a.kind != details_b.kind)
        return false;
    switch (details_a.kind) {
    case FileKind::none:
    case FileKind::directory:
        return true;
    case FileKind::file:
        return same_bytes(storage, a, b);
    case FileKind::symlink:
        return canonical_target(storage.read_symlink(a)) == canonical_target(storage.read_symlink(b));
    case FileKind::other:
        return (details_a.mode & S_IFMT) == (details_b.mode & S_IFMT) && details_a.device == details_b.device;
    }
    return false;
}

Decision decide_entry(Storage &storage, const std::filesystem::path &relative, const Versions &versions,
                      const Place &place) {
    if (place.treatment == Treatment::leave_behind)
        return {Fate::left_behind, Contents::nothing, std::string(place.why), "", false};
    if (storage.kind(versions.mine) == FileKind::other && is_whiteout(storage, versions.mine))
        return decide_removed(storage, versions);
    if (versions.theirs && same_contents(storage, versions.mine, *versions.theirs))
        return {Fate::left_behind, Contents::theirs, "the new system has the same", "", false};
    if (place.treatment == Treatment::keep_ours)
        return {Fate::carried, Contents::mine, std::string(place.why), "", false};
    if (versions.base && same_contents(storage, versions.mine, *versions.base)) {
        if (versions.theirs)
            return {Fate::left_behind, Contents::theirs, "unchanged; the new system's version applies", "",
                    false};
        if (read_attributes(versions.mine) == read_attributes(*versions.base))
            return {Fate::left_behind, Contents::nothing, "unchanged, and the new system no longer has it",
                    "", false};
        return {Fate::carried, Contents::mine, "owner or mode changed by the administrator", "", false};
    }
    if (place.treatment == Treatment::other_conversion)
        return {Fate::carried, Contents::mine, std::string(place.why), "", false};
    if (!versions.theirs)
        return {Fate::carried, Contents::mine,
                versions.base ? "changed by the administrator; the new system no longer has it"
                              : "the administrator's own",
                "", false};
    if (versions.base && same_contents(storage, *versions.base, *versions.theirs))
        return {Fate::carried, Contents::mine, "changed by the administrator", "", false};
    return decide_both_changed(storage, relative, versions);
}

} // namespace hooks
