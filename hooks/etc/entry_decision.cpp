// The rules for one entry, most certain first; see the header.
#include "hooks/etc/entry_decision.hpp"

#include "hooks/etc/both_changed.hpp"
#include "hooks/overlay/overlay_format.hpp"

#include <algorithm>
#include <sys/stat.h>
#include <vector>

namespace hooks::etc {

namespace {

// Since Debian 12 /lib, /bin and /sbin are links into /usr: the two spellings of a target are equal.
std::string canonical_target(const std::filesystem::path &target) {
    for (const char *directory : {"/lib/", "/bin/", "/sbin/"})
        if (target.string().starts_with(directory))
            return "/usr" + target.string();
    return target.string();
}

bool same_bytes(partitions::Storage &storage, const std::filesystem::path &a,
                const std::filesystem::path &b) {
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

bool is_device(partitions::Storage &storage, const std::filesystem::path &path) {
    const partitions::FileDetails details = storage.details(path);
    return S_ISCHR(details.mode) || S_ISBLK(details.mode);
}

Decision decide_removed(partitions::Storage &storage, const Versions &versions) {
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

// Its contents are the old image's; owner and mode may have been changed.
Decision decide_unchanged(const Versions &versions) {
    if (versions.theirs)
        return {Fate::left_behind, Contents::theirs, "unchanged; the new system's version applies", "",
                false};
    if (overlay::read_attributes(versions.mine) == overlay::read_attributes(*versions.base))
        return {Fate::left_behind, Contents::nothing, "unchanged, and the new system no longer has it", "",
                false};
    return {Fate::carried, Contents::mine, "owner or mode changed by the administrator", "", false};
}

} // namespace

bool same_contents(partitions::Storage &storage, const std::filesystem::path &a,
                   const std::filesystem::path &b) {
    const partitions::FileDetails details_a = storage.details(a);
    const partitions::FileDetails details_b = storage.details(b);
    if (details_a.kind != details_b.kind)
        return false;
    switch (details_a.kind) {
    case partitions::FileKind::none:
    case partitions::FileKind::directory:
        return true;
    case partitions::FileKind::file:
        return same_bytes(storage, a, b);
    case partitions::FileKind::symlink:
        return canonical_target(storage.read_symlink(a)) == canonical_target(storage.read_symlink(b));
    case partitions::FileKind::other:
        return (details_a.mode & S_IFMT) == (details_b.mode & S_IFMT) && details_a.device == details_b.device;
    }
    return false;
}

Decision decide_entry(partitions::Storage &storage, const std::filesystem::path &relative,
                      const Versions &versions, const Place &place) {
    if (place.treatment == Treatment::leave_behind)
        return {Fate::left_behind, Contents::nothing, std::string(place.why), "", false};
    if (storage.kind(versions.mine) == partitions::FileKind::other &&
        overlay::is_whiteout(storage, versions.mine))
        return decide_removed(storage, versions);
    if (is_device(storage, versions.mine))
        return {Fate::conflict, Contents::nothing, "a device node, which is not carried: make it again", "",
                false};
    // The updater writes its reports into this folder, and must not follow a link out of /etc.
    if (relative == "update-control" && storage.kind(versions.mine) != partitions::FileKind::directory)
        return {Fate::conflict, Contents::nothing, "must be a folder, and is one in the new system", "",
                false};
    if (versions.theirs && same_contents(storage, versions.mine, *versions.theirs))
        return {Fate::left_behind, Contents::theirs, "the new system has the same", "", false};
    if (place.treatment == Treatment::keep_ours)
        return {Fate::carried, Contents::mine, std::string(place.why), "", false};
    if (versions.base && same_contents(storage, versions.mine, *versions.base))
        return decide_unchanged(versions);
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

} // namespace hooks::etc
