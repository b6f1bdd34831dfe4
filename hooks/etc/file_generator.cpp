#include "hooks/etc/file_generator.hpp"

#include "hooks/etc/scratch_folder.hpp"
#include "partitions/durable.hpp"

#include <optional>

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

} // namespace

void FileGenerator::generate(const GeneratedFile &file, const Make &make) {
    std::optional<ScratchFolder> scratch;
    Path made;
    try {
        scratch.emplace();
        made = make(scratch->path());
        if (work_.storage.kind(made) != partitions::FileKind::file)
            throw ConversionFailed("its program made none");
    } catch (const std::exception &error) {
        report_old(file.relative, std::string(error.what()) + "; when that is mended, run: " + file.by_hand);
        return;
    }
    const OptionalPath before = work_.if_file(work_.new_view().find(file.relative));
    const overlay::Attributes attributes =
        before ? overlay::read_attributes(*before) : overlay::Attributes{.permissions = 0644};
    work_.writer.undo_put(file.relative);
    work_.writer.put_copy(file.relative, made, attributes);
    work_.report(Fate::merged, file.relative, "generated again " + file.reason);
}

void FileGenerator::report_old(const Path &relative, const std::string &reason) {
    work_.report(Fate::conflict, relative, "out of date: " + reason);
}

void FileGenerator::run(const Path &program, const std::vector<std::string> &arguments) {
    if (!programs_.has(program))
        throw ConversionFailed("the new system has no " + program.string());
    const ProgramResult ended = programs_.run(program, arguments);
    if (ended.exit_code != 0)
        throw ConversionFailed(program.string() + " failed (exit code " + std::to_string(ended.exit_code) +
                               ": " + in_one_line(ended.errors) + ")");
}

void FileGenerator::copy_file(const Path &from, const Path &to) {
    partitions::replace_file(work_.storage, to,
                             partitions::read_whole_file(work_.storage, from, max_source_bytes));
}

void FileGenerator::copy_into(const Path &folder, const Path &file) {
    if (work_.storage.kind(file) != partitions::FileKind::file)
        return;
    partitions::make_directories(work_.storage, folder);
    copy_file(file, folder / file.filename());
}

} // namespace hooks::etc
