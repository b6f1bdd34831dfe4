// Names and order of the changes to the generations.
#include "partitions/generations.hpp"

#include "partitions/durable.hpp"

#include <algorithm>
#include <charconv>

namespace partitions {

namespace {

constexpr std::string_view retired_prefix = ".retired-";

bool is_name(std::string_view name) {
    return !name.empty() && name.front() != '.' &&
           name.find_first_of(std::string_view("/\0 \n", 4)) == name.npos;
}

// The number behind the last '-', if this is a generation of the version.
std::optional<unsigned> number_in(std::string_view name, std::string_view version) {
    if (!name.starts_with(version) || name.substr(version.size(), 1) != "-")
        return std::nullopt;
    const std::string_view digits = name.substr(version.size() + 1);
    unsigned number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || end != digits.data() + digits.size())
        return std::nullopt;
    return number;
}

} // namespace

Generations::Generations(Storage &storage, const std::filesystem::path &data_root)
    : storage_(storage), generations_(data_root / "generations"), slots_(data_root / "slots") {}

std::filesystem::path Generations::link_of(Slot slot) const {
    return slots_ / partition_label(slot);
}

std::filesystem::path Generations::path_of(std::string_view name) const {
    if (!is_name(name))
        throw GenerationNotFound("'" + std::string(name) + "' is not the name of a generation");
    return generations_ / name;
}

std::string Generations::version_of(std::string_view name) {
    return std::string(name.substr(0, name.rfind('-')));
}

std::optional<std::string> Generations::assigned(Slot slot) const {
    if (storage_.kind(link_of(slot)) == FileKind::none)
        return std::nullopt;
    return storage_.read_symlink(link_of(slot)).filename().string();
}

std::string Generations::of_slot(Slot slot) const {
    const std::optional<std::string> name = assigned(slot);
    if (!name)
        throw GenerationNotFound("no generation belongs to " + partition_label(slot) + ": " +
                                 link_of(slot).string() + " is missing");
    if (storage_.kind(path_of(*name)) != FileKind::directory)
        throw GenerationNotFound(link_of(slot).string() + " leads to the generation " + *name +
                                 ", which does not exist in " + generations_.string());
    return *name;
}

std::vector<std::string> Generations::all() const {
    std::vector<std::string> names;
    if (storage_.kind(generations_) == FileKind::none)
        return names;
    for (const std::filesystem::path &path : storage_.list(generations_))
        if (is_name(path.filename().string()))
            names.push_back(path.filename().string());
    return names;
}

std::string Generations::create(std::string_view version) {
    if (!is_name(version))
        throw std::invalid_argument("'" + std::string(version) + "' cannot name a generation");
    make_directories(storage_, generations_);
    unsigned highest = 0;
    for (const std::string &name : all())
        highest = std::max(highest, number_in(name, version).value_or(0));
    std::string name = std::string(version) + '-' + std::to_string(highest + 1);
    storage_.make_directory(path_of(name));
    // The name is durable before the caller learns it and may note it in the journal.
    storage_.sync_directory(generations_);
    return name;
}

void Generations::assign(Slot slot, std::string_view name) {
    if (storage_.kind(path_of(name)) != FileKind::directory)
        throw GenerationNotFound("cannot give the generation " + std::string(name) + " to " +
                                 partition_label(slot) + ": it does not exist in " + generations_.string());
    make_directories(storage_, slots_);
    replace_symlink(storage_, std::filesystem::path("..") / "generations" / name, link_of(slot));
}

void Generations::unassign(Slot slot) {
    if (storage_.kind(link_of(slot)) != FileKind::none) {
        storage_.remove(link_of(slot));
        storage_.sync_directory(slots_);
    }
}

std::optional<std::filesystem::path> Generations::rename_away(std::string_view name) {
    const std::filesystem::path path = path_of(name);
    for (const Slot slot : {Slot::a, Slot::b}) {
        if (assigned(slot) == name)
            throw GenerationInUse("cannot remove the generation " + std::string(name) + ": the system in " +
                                  partition_label(slot) + " uses it");
    }
    if (storage_.kind(path) == FileKind::none)
        return std::nullopt;
    // Leftovers of an earlier retire() may be there.
    std::filesystem::path retired = generations_ / (std::string(retired_prefix) + std::string(name));
    while (storage_.kind(retired) != FileKind::none)
        retired += "+";
    storage_.rename(path, retired);
    // Durable before the first file is removed: otherwise a power cut could bring the old name back with half
    // of its contents.
    storage_.sync_directory(generations_);
    return retired;
}

void Generations::set_aside(std::string_view name) {
    rename_away(name);
}

void Generations::retire(std::string_view name) {
    const auto retired = rename_away(name);
    if (!retired)
        return;
    try {
        remove_tree(storage_, *retired);
    } catch (const StorageError &) {
        // remove_retired() retries and reports it.
    }
}

std::vector<std::string> Generations::remove_retired() {
    std::vector<std::string> left;
    if (storage_.kind(generations_) == FileKind::none)
        return left;
    for (const std::filesystem::path &path : storage_.list(generations_)) {
        if (!path.filename().string().starts_with(retired_prefix))
            continue;
        try {
            remove_tree(storage_, path);
        } catch (const StorageError &failure) {
            left.push_back("the leftovers of an old generation stay in " + path.string() + ": " +
                           failure.what() + ". To remove it: rm -rf " + path.string());
        }
    }
    return left;
}

} // namespace partitions
