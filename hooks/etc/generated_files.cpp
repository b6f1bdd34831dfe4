// Each generator works on copies in a temporary folder: only its result gets into /etc. See the header.
#include "hooks/etc/generated_files.hpp"

#include "hooks/etc/compiled_maps.hpp"
#include "hooks/etc/scratch_folder.hpp"
#include "partitions/durable.hpp"

#include <fnmatch.h>
#include <functional>
#include <set>
#include <sstream>

namespace hooks::etc {

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

    OptionalPath file_in(const OptionalPath &found) const {
        return found && work_.storage.kind(*found) == partitions::FileKind::file ? found : std::nullopt;
    }

    bool same(const OptionalPath &a, const OptionalPath &b) const {
        return a && b && same_contents(work_.storage, *a, *b);
    }

    // Text and map are both the administrator's or both the new image's, or one of them does not exist.
    bool is_of_one_system(const Path &map) const {
        const Path source = *source_of_map(map);
        const OptionalPath text = file_in(view_.find(source));
        const OptionalPath compiled = file_in(view_.find(map));
        if (!text || !compiled)
            return true;
        const overlay::OverlayView old_view = work_.old_view();
        return (same(text, file_in(old_view.find(source))) && same(compiled, file_in(old_view.find(map)))) ||
               (same(text, overlay::find_entry(work_.storage, work_.new_etc, source)) &&
                same(compiled, overlay::find_entry(work_.storage, work_.new_etc, map)));
    }

    void compile(const Path &map) {
        const Path source = *source_of_map(map);
        const auto compiler = compiler_of_map(work_.storage, view_, source, *view_.find(map));
        if (!compiler) {
            report_old(map,
                       shown_path(source) +
                           " is not the text it was made from, and its program is not known; make it again");
            return;
        }
        const std::string by_hand =
            compiler->program.filename().string() + " " + compiler->type + ":" + shown_path(source);
        generate({map, by_hand, "from " + shown_path(source)}, [&](const Path &scratch) {
            const Path copy = scratch / source.filename();
            copy_file(*view_.find(source), copy);
            run(compiler->program, {compiler->type + ":" + copy.string()});
            return scratch / map.filename();
        });
    }

    std::string included_folders(const std::string &pattern, int depth) const {
        const Path included =
            pattern.starts_with('/') ? Path(pattern).lexically_relative("/etc") : Path(pattern);
        if (included.empty() || *included.begin() == "..")
            return "include " + pattern + "\n";
        std::string text;
        for (const auto &[name, entry] : view_.list(included.parent_path()))
            if (fnmatch(included.filename().c_str(), name.c_str(), FNM_PERIOD) == 0)
                text += library_folders(included.parent_path() / name, depth + 1);
        return text;
    }

    // Replaces includes by the contents of the files, which are not where ldconfig would look for them.
    std::string library_folders(const Path &relative, int depth = 0) const {
        constexpr int max_depth = 16;
        if (depth > max_depth)
            throw std::runtime_error("/etc/" + relative.string() + " includes itself");
        const OptionalPath file = file_in(view_.find(relative));
        std::istringstream lines(file ? partitions::read_whole_file(work_.storage, *file, max_source_bytes)
                                      : std::string());
        std::string text;
        for (std::string line; std::getline(lines, line);) {
            std::istringstream words(line);
            std::string word;
            words >> word;
            if (word != "include") {
                text += line + "\n";
                continue;
            }
            for (std::string pattern; words >> pattern;)
                text += included_folders(pattern, depth);
        }
        return text;
    }

    void make_library_cache() {
        generate({"ld.so.cache", "ldconfig", "for the administrator's ld.so.conf"}, [&](const Path &scratch) {
            partitions::replace_file(work_.storage, scratch / "ld.so.conf", library_folders("ld.so.conf"));
            // -X: no links in the image's folders, which are read-only.
            run("/usr/sbin/ldconfig",
                {"-X", "-f", (scratch / "ld.so.conf").string(), "-C", (scratch / "ld.so.cache").string()});
            return scratch / "ld.so.cache";
        });
    }

    void make_hardware_database() {
        generate({"udev/hwdb.bin", "systemd-hwdb update", "for the administrator's udev/hwdb.d"},
                 [&](const Path &scratch) {
                     for (const auto &[name, entry] : view_.list("udev/hwdb.d"))
                         copy_into(scratch / "etc/udev/hwdb.d", entry);
                     const Path shipped = work_.new_etc.parent_path() / "usr/lib/udev/hwdb.d";
                     if (work_.storage.kind(shipped) == partitions::FileKind::directory)
                         for (const Path &entry : work_.storage.list(shipped))
                             copy_into(scratch / "usr/lib/udev/hwdb.d", entry);
                     run("/usr/bin/systemd-hwdb", {"update", "--root=" + scratch.string()});
                     return scratch / "etc/udev/hwdb.bin";
                 });
    }

    void copy_file(const Path &from, const Path &to) {
        partitions::replace_file(work_.storage, to,
                                 partitions::read_whole_file(work_.storage, from, max_source_bytes));
    }

    void copy_into(const Path &folder, const Path &file) {
        if (work_.storage.kind(file) != partitions::FileKind::file)
            return;
        partitions::make_directories(work_.storage, folder);
        copy_file(file, folder / file.filename());
    }

    bool holds_changes(const Path &relative) const {
        return work_.storage.kind(work_.target / relative) != partitions::FileKind::none;
    }

    void run(const Path &program, const std::vector<std::string> &arguments) {
        if (!programs_.has(program))
            throw ConversionFailed("the new system has no " + program.string());
        const ProgramResult ended = programs_.run(program, arguments);
        if (ended.exit_code != 0)
            throw ConversionFailed(program.string() + " failed (exit code " +
                                   std::to_string(ended.exit_code) + ": " + in_one_line(ended.errors) + ")");
    }

    struct Generated {
        Path relative;
        std::string by_hand; // the command that makes it
        std::string reason;  // "from …", "for …"
    };

    // make: works in the folder that it is given, returns what it made there. A failure does not end the
    // conversion: the administrator can make the file himself.
    void generate(const Generated &file, const std::function<Path(const Path &scratch)> &make) {
        std::optional<ScratchFolder> scratch;
        Path made;
        try {
            scratch.emplace();
            made = make(scratch->path());
            if (work_.storage.kind(made) != partitions::FileKind::file)
                throw ConversionFailed("its program made none");
        } catch (const std::exception &error) {
            report_old(file.relative,
                       std::string(error.what()) + "; when that is mended, run: " + file.by_hand);
            return;
        }
        const OptionalPath before = file_in(view_.find(file.relative));
        const overlay::Attributes attributes =
            before ? overlay::read_attributes(*before) : overlay::Attributes{.permissions = 0644};
        work_.writer.undo_put(file.relative);
        work_.writer.put_copy(file.relative, made, attributes);
        work_.report(Fate::merged, file.relative, "generated again " + file.reason);
    }

    void report_old(const Path &relative, const std::string &reason) {
        work_.report(Fate::conflict, relative, "out of date: " + reason);
    }

    EtcWork &work_;
    Programs &programs_;
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
