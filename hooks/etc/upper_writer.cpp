// Making entries through the storage seam; see the header.
#include "hooks/etc/upper_writer.hpp"

#include "hooks/living_tree.hpp"
#include "partitions/tree_copy.hpp"

#include <span>

namespace hooks::etc {

UpperWriter::UpperWriter(partitions::Storage &storage, std::filesystem::path target, ModelOf model_of)
    : storage_(storage), target_(std::move(target)), model_of_(std::move(model_of)) {
    const DirectoryModel top = model_of_("");
    overlay::remove_marks(
        target_); // the caller may have made it after the old upper directory, with its marks
    overlay::set_attributes(target_, top.attributes);
    overlay::mark_flags(target_, top.attributes.flags);
    directories_.push_back({target_, top.times_from});
}

void UpperWriter::put_directory(const std::filesystem::path &relative) {
    if (relative.empty() || has(relative))
        return;
    put_directory(relative.parent_path());
    const std::filesystem::path path = target_ / relative;
    const DirectoryModel model = model_of_(relative);
    storage_.make_directory(path, 0700);
    overlay::set_attributes(path, model.attributes);
    overlay::mark_flags(path, model.attributes.flags);
    directories_.push_back({path, model.times_from});
}

std::filesystem::path UpperWriter::place_for(const std::filesystem::path &relative) {
    put_directory(relative.parent_path());
    return target_ / relative;
}

void UpperWriter::put_copy(const std::filesystem::path &relative, const std::filesystem::path &from,
                           const overlay::Attributes &attributes) {
    const std::filesystem::path path = place_for(relative);
    const partitions::FileDetails details = storage_.details(from);
    switch (details.kind) {
    case partitions::FileKind::directory:
        partitions::copy_tree(storage_, from, path);
        return;
    case partitions::FileKind::symlink:
        storage_.make_symlink(storage_.read_symlink(from), path);
        break;
    case partitions::FileKind::file:
        storage_.clone_file(from, path);
        break;
    case partitions::FileKind::none:
    case partitions::FileKind::other:
        storage_.make_node(path, details.mode, details.device);
        break;
    }
    overlay::remove_marks(path);
    overlay::set_attributes(path, attributes);
    overlay::mark_flags(path, attributes.flags);
    overlay::copy_times(from, path);
}

void UpperWriter::put_text(const std::filesystem::path &relative, std::string_view text,
                           const overlay::Attributes &attributes) {
    const std::filesystem::path path = place_for(relative);
    // Readable by root only until it has its final mode: it can be the shadow file.
    const auto file = storage_.open(path, partitions::OpenMode::create_or_truncate, 0600);
    file->write_at(0, std::as_bytes(std::span(text)));
    file->close();
    overlay::set_attributes(path, attributes);
    overlay::mark_flags(path, attributes.flags);
}

void UpperWriter::put_whiteout(const std::filesystem::path &relative) {
    overlay::make_whiteout(storage_, place_for(relative));
}

void UpperWriter::put_opaque_directory(const std::filesystem::path &relative) {
    put_directory(relative);
    overlay::make_opaque(target_ / relative);
}

bool UpperWriter::has(const std::filesystem::path &relative) const {
    return storage_.kind(target_ / relative) != partitions::FileKind::none;
}

void UpperWriter::undo_put(const std::filesystem::path &relative) {
    const partitions::FileKind kind = storage_.kind(target_ / relative);
    if (kind != partitions::FileKind::none && kind != partitions::FileKind::directory)
        storage_.remove(target_ / relative);
}

void UpperWriter::finish() {
    for (const MadeDirectory &directory : directories_)
        unless_gone(storage_, directory.times_from,
                    [&] { overlay::copy_times(directory.times_from, directory.path); });
    storage_.sync_filesystem(target_);
}

} // namespace hooks::etc
