// Making entries through the storage seam; see the header.
#include "hooks/var/var_writer.hpp"

#include "hooks/protection.hpp"
#include "partitions/durable.hpp"

namespace hooks::var {

using Path = std::filesystem::path;

VarWriter::VarWriter(partitions::Storage &storage, Path new_var)
    : storage_(storage), new_var_(std::move(new_var)) {}

void VarWriter::remove_whatever_stands_at(const Path &path) {
    take_protection_off(storage_, path);
    const partitions::FileKind kind = storage_.kind(path);
    if (kind == partitions::FileKind::directory)
        partitions::remove_tree(storage_, path);
    else if (kind != partitions::FileKind::none)
        storage_.remove(path);
}

void VarWriter::put_folder(const Path &relative, const overlay::Attributes &attributes,
                           const std::optional<Path> &marks_from) {
    const Path path = relative.empty() ? new_var_ : new_var_ / relative;
    if (storage_.kind(path) != partitions::FileKind::directory) {
        remove_whatever_stands_at(path);
        // Accessible to root only until it has its owner and mode.
        storage_.make_directory(path, 0700);
    } else if (overlay::is_protected(overlay::read_attributes(path).flags)) {
        overlay::set_flags(path, 0); // of an earlier run
    }
    if (marks_from)
        storage_.copy_attributes(*marks_from, path);
    if (overlay::read_attributes(path) != attributes)
        overlay::set_attributes(path, attributes);
    remember_flags(path, attributes);
}

void VarWriter::remember_flags(const Path &path, const overlay::Attributes &attributes) {
    if (attributes.flags != 0)
        flags_[path] = attributes.flags;
}

void VarWriter::protect_all() {
    for (const auto &[path, flags] : flags_)
        overlay::set_flags(path, flags);
}

void VarWriter::finish_folder(const Path &relative, const Path &times_from) {
    overlay::copy_times(times_from, relative.empty() ? new_var_ : new_var_ / relative);
}

void VarWriter::put(const Path &relative, const Path &from, const overlay::Attributes &attributes) {
    const Path path = new_var_ / relative;
    const partitions::FileDetails details = storage_.details(from);
    remove_whatever_stands_at(path);
    try {
        make_like(details, from, path, attributes);
        remember_flags(path, attributes);
    } catch (...) {
        // A partial file must not be taken for the whole.
        remove_whatever_stands_at(path);
        throw;
    }
}

void VarWriter::put_linked(const Path &relative, const Path &from, const overlay::Attributes &attributes) {
    const partitions::FileDetails details = storage_.details(from);
    if (const auto first = first_copies_.find(details.identity);
        details.link_count > 1 && first != first_copies_.end()) {
        remove_whatever_stands_at(new_var_ / relative);
        storage_.make_hard_link(first->second, new_var_ / relative);
        return;
    }
    put(relative, from, attributes);
    if (details.link_count > 1)
        first_copies_.emplace(details.identity, new_var_ / relative);
}

void VarWriter::make_like(const partitions::FileDetails &details, const Path &from, const Path &path,
                          const overlay::Attributes &attributes) {
    switch (details.kind) {
    case partitions::FileKind::file:
        storage_.clone_file(from, path);
        break;
    case partitions::FileKind::symlink:
        storage_.make_symlink(storage_.read_symlink(from), path);
        storage_.copy_attributes(from, path);
        break;
    case partitions::FileKind::none:
    case partitions::FileKind::directory:
    case partitions::FileKind::other:
        storage_.make_node(path, details.mode, details.device);
        storage_.copy_attributes(from, path);
        break;
    }
    if (overlay::read_attributes(path) != attributes)
        overlay::set_attributes(path, attributes); // the times stay
}

} // namespace hooks::var
