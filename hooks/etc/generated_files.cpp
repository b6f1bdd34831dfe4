// Each generator works in a folder of its own, on copies: nothing but its result gets into /etc. See the
// header.
#include "hooks/etc/generated_files.hpp"

#include "hooks/etc/compiled_maps.hpp"
#include "hooks/etc/scratch_folder.hpp"
#include "partitions/durable.hpp"

#include <set>
#include <sstream>

#include <fnmatch.h>

namespace hooks {

using partitions::FileKind;
using Path = std::filesystem::path;
using OptionalPath = std::optional<Path>;

namespace {

constexpr std::size_t max_source_bytes = 256UL * 1024 * 1024;

std::string in_one_line(std::string text) {
    for (char &c : text)
        c = c == '\n' ? ' ' : c;
    return text.substr(0, text.find_last_not_of(' ') + 1);
}

class FileGeneration {
  public:
    FileGeneration(EtcWork &work, Programs &programs)
        : work_(work), programs_(programs), view_(work.new_view()) {}

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
    // Only what is in the upper directory can have come apart.
    void look_for_maps(const Path &folder) {
        for (const Path &entry : work_.storage.list(work_.target / folder)) {
            const Path relative = folder / entry.filename();
            const FileKind kind = work_.storage.kind(entry);
            if (kind == FileKind::directory)
                look_for_maps(relative);
            if (kind != FileKind::file)
                continue;
            if (source_of_map(relative))
                maps_.insert(relative);
            for (const Path &map : maps_of_source(relative))
                maps_.insert(map);
        }
    }

    OptionalPath file_in(const OptionalPath &found) const {
        return found && work_.storage.kind(*found) == FileKind::file ? found : std::nullopt;
    }

    bool same(const OptionalPath &a, const OptionalPath &b) const {
        return a && b && same_contents(work_.storage, *a, *b);
    }

    // Text and map as the administrator had them, or as the new image brings them; or there are not both.
    bool is_of_one_system(const Path &map) const {
        const Path source = *source_of_map(map);
        const OptionalPath text = file_in(view_.find(source));
        const OptionalPath compiled = file_in(view_.find(map));
        if (!text || !compiled)
            return true;
        const OverlayView old_view = work_.old_view();
        return (same(text, file_in(old_view.find(source))) && same(compiled, file_in(old_view.find(map)))) ||
               (same(text, find_entry(work_.storage, work_.new_etc, source)) &&
                same(compiled, find_entry(work_.storage, work_.new_etc, map)));
    }

    void compile(const Path &map) {
        const Path source = *source_of_map(map);
        const auto compiler = compiler_of_map(work_.storage, view_, source, *view_.find(map));
        if (!compiler) {
            report_old(map, shown_path(source) +
                                " was merged, and what makes this from it is not known; make it again");
            return;
        }
        const ScratchFolder scratch;
        const Path copy = scratch.path() / source.filename();
        partitions::replace_file(
            work_.storage, copy,
            partitions::read_whole_file(work_.storage, *view_.find(source), max_source_bytes));
        const std::string by_hand =
            compiler->program.filename().string() + " " + compiler->type + ":" + shown_path(source);
        if (run(map, compiler->program, {compiler->type + ":" + copy.string()}, by_hand))
            put(map, scratch.path() / map.filename(), "generated again from " + shown_path(source), by_hand);
    }

    // Includes are put in their places, because the files they name are not where ldconfig would look.
    std::string library_folders(const Path &relative) const {
        const OptionalPath file = file_in(view_.find(relative));
        std::istringstream lines(file ? partitions::read_whole_file(work_.storage, *file, max_source_bytes)
                                      : std::string());
        std::string text;
        for (std::string line; std::getline(lines, line);) {
            std::istringstream words(line);
            std::string word;
            std::string pattern;
            words >> word >> pattern;
            const Path included =
                pattern.starts_with('/') ? Path(pattern).lexically_relative("/etc") : Path(pattern);
            if (word != "include" || included.empty() || *included.begin() == "..") {
                text += line + "\n";
                continue;
            }
            for (const auto &[name, entry] : view_.list(included.parent_path()))
                if (fnmatch(included.filename().c_str(), name.c_str(), FNM_PERIOD) == 0)
                    text += library_folders(included.parent_path() / name);
        }
        return text;
    }

    void make_library_cache() {
        const ScratchFolder scratch;
        partitions::replace_file(work_.storage, scratch.path() / "ld.so.conf", library_folders("ld.so.conf"));
        const Path cache = scratch.path() / "ld.so.cache";
        // -X: no links in the image's folders, which are read-only.
        if (run("ld.so.cache", "/usr/sbin/ldconfig",
                {"-X", "-f", (scratch.path() / "ld.so.conf").string(), "-C", cache.string()}, "ldconfig"))
            put("ld.so.cache", cache, "generated again for the administrator's ld.so.conf", "ldconfig");
    }

    void make_hardware_database() {
        const ScratchFolder scratch;
        for (const auto &[name, entry] : view_.list("udev/hwdb.d"))
            copy_into(scratch.path() / "etc/udev/hwdb.d", entry);
        const Path shipped = work_.new_etc.parent_path() / "usr/lib/udev/hwdb.d";
        if (work_.storage.kind(shipped) == FileKind::directory)
            for (const Path &entry : work_.storage.list(shipped))
                copy_into(scratch.path() / "usr/lib/udev/hwdb.d", entry);
        if (run("udev/hwdb.bin", "/usr/bin/systemd-hwdb", {"update", "--root=" + scratch.path().string()},
                "systemd-hwdb update"))
            put("udev/hwdb.bin", scratch.path() / "etc/udev/hwdb.bin",
                "generated again for the administrator's udev/hwdb.d", "systemd-hwdb update");
    }

    void copy_into(const Path &folder, const Path &file) {
        if (work_.storage.kind(file) != FileKind::file)
            return;
        partitions::make_directories(work_.storage, folder);
        partitions::replace_file(work_.storage, folder / file.filename(),
                                 partitions::read_whole_file(work_.storage, file, max_source_bytes));
    }

    bool holds_changes(const Path &relative) const {
        return work_.storage.kind(work_.target / relative) != FileKind::none;
    }

    // false: it has been reported.
    bool run(const Path &result, const Path &program, const std::vector<std::string> &arguments,
             const std::string &by_hand) {
        if (!programs_.has(program)) {
            report_old(result, "the new system has no " + program.string() + " to make it again");
            return false;
        }
        const ProgramResult ended = programs_.run(program, arguments);
        if (ended.exit_code == 0)
            return true;
        report_old(result, program.string() + " failed (exit code " + std::to_string(ended.exit_code) + ": " +
                               in_one_line(ended.errors) + "); when that is mended, run: " + by_hand);
        return false;
    }

    void put(const Path &relative, const Path &made, const std::string &reason, const std::string &by_hand) {
        if (work_.storage.kind(made) != FileKind::file) {
            report_old(relative, "its program made none; run: " + by_hand);
            return;
        }
        const OptionalPath before = file_in(view_.find(relative));
        const Attributes attributes =
            before ? read_attributes(*before)
                   : Attributes{.permissions = 0644, .owner = 0, .group = 0, .extended = {}};
        work_.writer.take_back(relative);
        work_.writer.put_copy(relative, made, attributes);
        work_.report(Fate::merged, relative, reason);
    }

    void report_old(const Path &relative, const std::string &reason) {
        work_.report(Fate::conflict, relative, "out of date: " + reason);
    }

    EtcWork &work_;
    Programs &programs_;
    OverlayView view_;
    std::set<Path> maps_;
};

} // namespace

bool follows_its_source(const EtcWork &work, const Path &relative) {
    const OptionalPath source = source_of_map(relative);
    const OptionalPath text = source ? work.old_view().find(*source) : std::nullopt;
    return text && work.storage.kind(*text) == FileKind::file;
}

void generate_files(EtcWork &work, Programs &programs) {
    FileGeneration(work, programs).run();
}

} // namespace hooks
