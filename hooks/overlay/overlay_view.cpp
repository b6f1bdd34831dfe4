// The lookup rule of overlayfs: the upper entry wins, directories are merged unless the upper one is opaque.
#include "hooks/overlay/overlay_view.hpp"

#include "hooks/overlay/overlay_format.hpp"

namespace hooks::overlay {

OverlayView::OverlayView(partitions::Storage &storage, std::filesystem::path upper,
                         std::filesystem::path lower)
    : storage_(storage), upper_(std::move(upper)), lower_(std::move(lower)) {}

OverlayView::Layers OverlayView::layers_at(const std::filesystem::path &relative) const {
    Layers reached{upper_, lower_};
    for (const std::filesystem::path &name : relative) {
        const auto child_of = [&](const std::optional<std::filesystem::path> &directory) {
            const bool may_have = directory && storage_.kind(*directory) == partitions::FileKind::directory;
            return may_have && storage_.kind(*directory / name) != partitions::FileKind::none
                       ? std::optional(*directory / name)
                       : std::nullopt;
        };
        Layers next{child_of(reached.upper), child_of(reached.lower)};
        if (next.upper) {
            const partitions::FileKind kind = storage_.kind(*next.upper);
            const bool lower_shows = kind == partitions::FileKind::directory && !is_opaque(*next.upper) &&
                                     next.lower &&
                                     storage_.kind(*next.lower) == partitions::FileKind::directory;
            if (!lower_shows)
                next.lower.reset();
            if (kind == partitions::FileKind::other && is_whiteout(storage_, *next.upper))
                next.upper.reset();
        }
        reached = next;
    }
    return reached;
}

std::optional<std::filesystem::path> OverlayView::find(const std::filesystem::path &relative) const {
    if (relative.empty())
        return std::nullopt;
    const Layers layers = layers_at(relative);
    return layers.upper ? layers.upper : layers.lower;
}

std::map<std::filesystem::path, std::filesystem::path>
OverlayView::list(const std::filesystem::path &relative) const {
    const Layers layers = layers_at(relative);
    std::map<std::filesystem::path, std::filesystem::path> entries;
    for (const auto &layer : {layers.lower, layers.upper}) {
        if (!layer || storage_.kind(*layer) != partitions::FileKind::directory)
            continue;
        for (const std::filesystem::path &entry : storage_.list(*layer))
            entries[entry.filename()] = entry;
    }
    std::erase_if(entries, [&](const auto &entry) {
        return storage_.kind(entry.second) == partitions::FileKind::other &&
               is_whiteout(storage_, entry.second);
    });
    return entries;
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
        const partitions::FileKind kind = storage.kind(reached);
        if (kind == partitions::FileKind::none)
            return std::nullopt;
        may_go_on = kind == partitions::FileKind::directory;
    }
    return reached;
}

} // namespace hooks::overlay
