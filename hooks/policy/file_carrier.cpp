// Copies the files that macros name; see the header.
#include "hooks/policy/file_carrier.hpp"

#include "hooks/etc/attribute_merge.hpp"
#include "hooks/etc/effective_owners.hpp"
#include "hooks/etc/entry_decision.hpp"
#include "hooks/living_tree.hpp"
#include "hooks/overlay/overlay_format.hpp"
#include "hooks/protection.hpp"

#include <algorithm>

namespace hooks::policy {

using Path = std::filesystem::path;

FileCarrier::FileCarrier(partitions::Storage &storage, const ConversionRequest &request)
    : storage_(storage), request_(request), old_system_(storage, request),
      owners_(etc::owners_after_etc(storage, request.source, request.old_root / "etc",
                                    request.new_root / "etc")) {}

CarriedFile FileCarrier::carry(const std::string &path) {
    const Path written(path);
    if (!written.is_absolute() || path.find('\0') != std::string::npos)
        return {CarryResult::refused, "the path is not absolute"};
    if (std::find(written.begin(), written.end(), "..") != written.end())
        return {CarryResult::refused, "a path with \"..\" is no macro path"};
    const ResolvedPath resolved = old_system_.resolve(written);
    CarriedFile sum;
    std::vector<ResolvedPath::Step> steps = resolved.links;
    if (resolved.file)
        steps.push_back(*resolved.file);
    for (const ResolvedPath::Step &step : steps) {
        CarriedFile carried;
        const auto carry_now = [&] { carried = carry_step(step); };
        // A file that a running service deletes meanwhile is missing, not an error.
        if (step.real.empty())
            carry_now();
        else if (!unless_gone(storage_, step.real, carry_now))
            return {CarryResult::missing, step.path.string() + " was deleted while it was being copied"};
        sum.result = std::max(sum.result, carried.result);
        if (!carried.remark.empty())
            sum.remark += (sum.remark.empty() ? "" : "; ") + carried.remark;
    }
    if (!resolved.file)
        return {CarryResult::missing, resolved.problem};
    return sum;
}

CarriedFile FileCarrier::carry_step(const ResolvedPath::Step &step) {
    switch (step.region) {
    case Region::configuration:
        return carry_in_etc(step);
    case Region::generation:
        if (step.real.empty())
            return {CarryResult::present, step.path.string() + " stays as it is here: no snapshot holds it"};
        return carry_in_var(step);
    case Region::shared:
        return {CarryResult::present, ""};
    case Region::until_restart:
        return {CarryResult::refused, step.path.string() + " is gone with every restart"};
    case Region::image:
        break;
    }
    const auto theirs = overlay::find_entry(storage_, request_.new_root, step.path.lexically_relative("/"));
    if (step.real.empty())
        return theirs ? CarriedFile{}
                      : CarriedFile{CarryResult::refused,
                                    step.path.string() + " is outside of /etc, so no snapshot holds it, and "
                                                         "this version's image has no such file"};
    if (!theirs)
        return {CarryResult::refused,
                step.path.string() + " belongs to the old image, the new one has no such file"};
    if (storage_.kind(*theirs) == partitions::FileKind::file &&
        !etc::same_contents(storage_, step.real, *theirs))
        return {CarryResult::present, "the new image has another version of " + step.path.string()};
    return {CarryResult::present, ""};
}

CarriedFile FileCarrier::carry_in_etc(const ResolvedPath::Step &step) {
    const Path relative = step.path.lexically_relative("/etc");
    if (overlay::OverlayView(storage_, request_.target, request_.new_root / "etc").find(relative))
        return {CarryResult::present, ""};
    if (storage_.kind(request_.target / relative) != partitions::FileKind::none)
        return {CarryResult::missing, step.path.string() + " was removed by the administrator"};
    make_parents(relative, request_.old_root / "etc", request_.new_root / "etc", request_.target);
    copy(step.real, request_.target / relative);
    overlay::mark_flags(request_.target / relative, overlay::read_attributes(step.real).flags);
    return {CarryResult::copied, ""};
}

CarriedFile FileCarrier::carry_in_var(const ResolvedPath::Step &step) {
    const Path relative = step.path.lexically_relative("/var");
    const Path target = request_.new_var / relative;
    CarriedFile carried{CarryResult::copied, ""};
    while_unprotected(storage_, target.parent_path(), [&] { carried = put_in_var(step, relative, target); });
    return carried;
}

CarriedFile FileCarrier::put_in_var(const ResolvedPath::Step &step, const Path &relative,
                                    const Path &target) {
    // Also makes sure that no component is a symbolic link, which could lead anywhere.
    make_parents(relative, request_.old_var, request_.old_var, request_.new_var);
    CarriedFile carried{CarryResult::copied, ""};
    if (storage_.kind(target) != partitions::FileKind::none) {
        if (etc::same_contents(storage_, step.real, target))
            return {CarryResult::present, ""};
        const auto shipped = overlay::find_entry(storage_, request_.old_root / "var", relative);
        if (shipped && etc::same_contents(storage_, step.real, *shipped))
            return {CarryResult::present,
                    step.path.string() + " was as the old image shipped it; the new image's applies"};
        if (storage_.kind(target) == partitions::FileKind::directory)
            throw ConversionFailed(step.path.string() +
                                   " is a directory in the new system, but policies read it as a file");
        take_protection_off(storage_, target);
        storage_.remove(target);
        carried.remark = step.path.string() + " replaces the one of the new image";
    }
    copy(step.real, target);
    // In a rehearsal the protection would block removing the result.
    if (const unsigned flags = overlay::read_attributes(step.real).flags; flags != 0 && !request_.rehearsal)
        overlay::set_flags(target, flags);
    return carried;
}

void FileCarrier::copy(const Path &from, const Path &to) {
    try {
        if (storage_.kind(from) == partitions::FileKind::symlink)
            storage_.make_symlink(storage_.read_symlink(from), to);
        else
            storage_.clone_file(from, to);
        overlay::remove_marks(to);
        overlay::set_attributes(
            to, etc::merge_attributes(owners_, overlay::read_attributes(from), std::nullopt, std::nullopt));
        overlay::copy_times(from, to);
    } catch (...) {
        // A partial file must not be taken for the whole.
        if (storage_.kind(to) != partitions::FileKind::none)
            storage_.remove(to);
        throw;
    }
}

// Makes the missing directories above to_root/relative, like those of like_root, or else of from_root (whose
// owners are the old system's).
void FileCarrier::make_parents(const Path &relative, const Path &from_root, const Path &like_root,
                               const Path &to_root) {
    Path reached;
    for (const Path &name : relative.parent_path()) {
        reached /= name;
        const partitions::FileKind kind = storage_.kind(to_root / reached);
        if (kind == partitions::FileKind::directory)
            continue;
        if (kind != partitions::FileKind::none)
            throw ConversionFailed((to_root / reached).string() + " is no directory, so the file " +
                                   relative.string() + " that a policy reads cannot be carried there");
        const auto alike = overlay::find_entry(storage_, like_root, reached);
        const bool is_theirs =
            like_root != from_root && alike && storage_.kind(*alike) == partitions::FileKind::directory;
        const overlay::Attributes attributes =
            overlay::read_attributes(is_theirs ? *alike : from_root / reached);
        storage_.make_directory(to_root / reached, 0700);
        overlay::set_attributes(
            to_root / reached,
            is_theirs ? attributes : etc::merge_attributes(owners_, attributes, std::nullopt, std::nullopt));
    }
}

} // namespace hooks::policy
