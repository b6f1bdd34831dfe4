// The lookup rule of overlayfs: the upper entry wins, directories are merged unless the upper one is opaque.
#include "hooks/overlay/overlay_view.hpp"

#include "hooks/overlay/overlay_format.hpp"

namespace hooks {

using partitions::FileKind;

OverlayView::OverlayView(partitions::Storage &storage, std::filesystem::path upper,
                         std::filesystem::path lower)
    : storage_(storage), upper_(std::move(upper)), lower_(std::move(lower)) {}

std::optional<std::filesystem::path> OverlayView::find(const std::filesystem::path &relative) const {
    std::optional<std::filesystem::path> upper =
        upper_; // the directory reached so far; nothing: not in this layer
    std::optional<std::filesystem::path> lower = lower_;
    std::optional<std::filesystem::path> result;
    for (const std::filesystem::path &name : relative) {
        if (!upper && !lower)
            return std::nullopt;
        const std::filesystem::path in_upper = upper ? *upper / name : std::filesystem::path();
        const std::filesystem::path in_lower = lower ? *lower / name : std::filesystem::path();
        const FileKind upper_kind = upper ? storage_.kind(in_upper) : FileKind::none;
        const FileKind lower_kind = lower ? storage_.kind(in_lower) : FileKind::none;
        if (upper_kind == FileKind::none && lower_kind == FileKind::none)
            return std::nullopt;
        if (upper_kind == FileKind::other && is_whiteout(storage_, in_upper))
            return std::nullopt;
        result = upper_kind != FileKind::none ? in_upper : in_lower;
        const bool lower_shows =
            lower_kind == FileKind::directory &&
            (upper_kind == FileKind::none || (upper_kind == FileKind::directory && !is_opaque(in_upper)));
        upper = upper_kind == FileKind::directory ? std::optional(in_upper) : std::nullopt;
        lower = lower_shows ? std::optional(in_lower) : std::nullopt;
    }
    return result;
}

std::optional<std::filesystem::path> find_entry(partitions::Storage &storage,
                                                const std::filesystem::path &root,
                                                const std::filesystem::path &relative) {
    std::filesystem::path reached = root;
    bool may_go_on = true;
    for (const std::filesystem::path &name : relative) {
        if (!may_go_on)
            return std::nullopt;
        reached /= name;
        const FileKind kind = storage.kind(reached);
        if (kind == FileKind::none)
            return std::nullopt;
        may_go_on = kind == FileKind::directory;
    }
    return reached;
}

} // namespace hooks
