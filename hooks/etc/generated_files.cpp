// Which files are out of date, and what makes each of them.
#include "hooks/etc/generated_files.hpp"

#include "hooks/etc/compiled_maps.hpp"
#include "hooks/etc/file_generator.hpp"
#include "hooks/etc/library_folders.hpp"
#include "partitions/durable.hpp"

#include <set>

namespace hooks::etc {

using Path = std::filesystem::path;
using OptionalPath = std::optional<Path>;

namespace {

class FileGeneration {
  public:
    FileGeneration(EtcWork &work, Programs &programs)
        : work_(work), generator_(work, programs), view_(work.new_view()) {}

    void run() {
        look_for_maps("");
        for (const Path &map : maps_)
            if (!is_of_one_system(map))
                compile(map);
        if (holds_changes("ld.so.conf") || holds_changes("ld.so.conf.d"))
            make_library_cache();
        if (holds_changes("udev/hwdb.d"))
            make_hardware_database();
    }

  private:
    // Only files in the upper directory can be out of date.
    void look_for_maps(const Path &folder) {
        for (const Path &entry : work_.storage.list(work_.target / folder)) {
            const Path relative = folder / entry.filename();
            const partitions::FileKind kind = work_.storage.kind(entry);
            if (kind == partitions::FileKind::directory)
                look_for_maps(relative);
            if (kind != partitions::FileKind::file)
                continue;
            if (source_of_map(relative))
                maps_.insert(relative);
            for (const Path &map : maps_of_source(relative))
                maps_.insert(map);
        }
    }

    bool same(const OptionalPath &a, const OptionalPath &b) const {
        return a && b && same_contents(work_.storage, *a, *b);
    }

    // Text and map are both the administrator's or both the new image's, or one of them does not exist.
    bool is_of_one_system(const Path &map) const {
        const Path source = *source_of_map(map);
        const OptionalPath text = work_.if_file(view_.find(source));
        const OptionalPath compiled = work_.if_file(view_.find(map));
        if (!text || !compiled)
            return true;
        const overlay::OverlayView old_view = work_.old_view();
        return (same(text, work_.if_file(old_view.find(source))) &&
                same(compiled, work_.if_file(old_view.find(map)))) ||
               (same(text, overlay::find_entry(work_.storage, work_.new_etc, source)) &&
                same(compiled, overlay::find_entry(work_.storage, work_.new_etc, map)));
    }

    void compile(const Path &map) {
        const Path source = *source_of_map(map);
        const auto compiler = compiler_of_map(work_.storage, view_, source, *view_.find(map));
        if (!compiler) {
            generator_.report_old(
                map, shown_path(source) +
                         " is not the text it was made from, and its program is not known; make it again");
            return;
        }
        const std::string by_hand =
            compiler->program.filename().string() + " " + compiler->type + ":" + shown_path(source);
        generator_.generate({map, by_hand, "from " + shown_path(source)}, [&](const Path &scratch) {
            const Path copy = scratch / source.filename();
            generator_.copy_file(*view_.find(source), copy);
            generator_.run(compiler->program, {compiler->type + ":" + copy.string()});
            return scratch / map.filename();
        });
    }

    void make_library_cache() {
        generator_.generate(
            {"ld.so.cache", "ldconfig", "for the administrator's ld.so.conf"}, [&](const Path &scratch) {
                partitions::replace_file(work_.storage, scratch / "ld.so.conf",
                                         library_folders(work_.storage, view_));
                // -X: no links in the image's folders, which are read-only.
                generator_.run("/usr/sbin/ldconfig", {"-X", "-f", (scratch / "ld.so.conf").string(), "-C",
                                                      (scratch / "ld.so.cache").string()});
                return scratch / "ld.so.cache";
            });
    }

    void make_hardware_database() {
        generator_.generate(
            {"udev/hwdb.bin", "systemd-hwdb update", "for the administrator's udev/hwdb.d"},
            [&](const Path &scratch) {
                for (const auto &[name, entry] : view_.list("udev/hwdb.d"))
                    generator_.copy_into(scratch / "etc/udev/hwdb.d", entry);
                const Path shipped = work_.new_etc.parent_path() / "usr/lib/udev/hwdb.d";
                if (work_.storage.kind(shipped) == partitions::FileKind::directory)
                    for (const Path &entry : work_.storage.list(shipped))
                        generator_.copy_into(scratch / "usr/lib/udev/hwdb.d", entry);
                generator_.run("/usr/bin/systemd-hwdb", {"update", "--root=" + scratch.string()});
                return scratch / "etc/udev/hwdb.bin";
            });
    }

    bool holds_changes(const Path &relative) const {
        return work_.storage.kind(work_.target / relative) != partitions::FileKind::none;
    }

    EtcWork &work_;
    FileGenerator generator_;
    overlay::OverlayView view_;
    std::set<Path> maps_;
};

} // namespace

bool follows_its_source(const EtcWork &work, const Path &relative) {
    const OptionalPath source = source_of_map(relative);
    const OptionalPath text = source ? work.old_view().find(*source) : std::nullopt;
    return text && work.storage.kind(*text) == partitions::FileKind::file;
}

void generate_files(EtcWork &work, Programs &programs) {
    FileGeneration(work, programs).run();
}

} // namespace hooks::etc
