// The search for links that enable units; see the header.
#include "hooks/etc/unit_links.hpp"

#include "hooks/overlay/overlay_format.hpp"
#include "hooks/overlay/overlay_view.hpp"

#include <algorithm>
#include <array>

namespace hooks::etc {

bool is_unit_link_directory(const std::filesystem::path &relative) {
    const std::filesystem::path scope = relative.parent_path();
    if (scope != "systemd/system" && scope != "systemd/user")
        return false;
    const std::string suffix = relative.extension();
    return suffix == ".wants" || suffix == ".requires" || suffix == ".upholds";
}

UnitLinks find_unit_links(partitions::Storage &storage, const std::filesystem::path &etc) {
    UnitLinks links;
    for (const std::string scope : {"system", "user"}) {
        const std::filesystem::path units = etc / "systemd" / scope;
        if (storage.kind(etc / "systemd") != partitions::FileKind::directory ||
            storage.kind(units) != partitions::FileKind::directory)
            continue;
        for (const std::filesystem::path &directory : storage.list(units)) {
            if (!is_unit_link_directory(directory.lexically_relative(etc)) ||
                storage.kind(directory) != partitions::FileKind::directory)
                continue;
            for (const std::filesystem::path &link : storage.list(directory))
                if (storage.kind(link) != partitions::FileKind::other)
                    links[scope + "/" + link.filename().string()].insert(link.lexically_relative(etc));
        }
    }
    return links;
}

std::set<std::string> find_disabled_units(partitions::Storage &storage, const std::filesystem::path &upper,
                                          const std::filesystem::path &old_etc) {
    const UnitLinks own_links = find_unit_links(storage, upper);
    const overlay::OverlayView view(storage, upper, old_etc);
    std::set<std::string> disabled;
    for (const auto &[unit, links] : find_unit_links(storage, old_etc)) {
        const bool still_there = std::any_of(links.begin(), links.end(),
                                             [&](const auto &link) { return view.find(link).has_value(); });
        if (!still_there && !own_links.contains(unit))
            disabled.insert(unit);
    }
    return disabled;
}

} // namespace hooks::etc
