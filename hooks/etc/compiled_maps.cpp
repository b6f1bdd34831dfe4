// Recognizes formats; see the header.
#include "hooks/etc/compiled_maps.hpp"

#include "hooks/etc/keyed_file.hpp"
#include "partitions/durable.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <span>
#include <sstream>

namespace hooks::etc {

using Path = std::filesystem::path;

namespace {

constexpr std::size_t max_main_cf_bytes = 16UL * 1024 * 1024;
constexpr std::array map_endings = {".db", ".lmdb", ".cdb"};

constexpr std::uint64_t magic_offset_bytes = 12;
constexpr std::uint32_t hash_magic = 0x061561;
constexpr std::uint32_t btree_magic = 0x053162;

std::optional<std::string> berkeley_type(partitions::Storage &storage, const Path &file) {
    std::uint32_t magic = 0;
    const auto bytes = std::as_writable_bytes(std::span(&magic, 1));
    if (storage.open(file, partitions::OpenMode::read)->read_at(magic_offset_bytes, bytes) != bytes.size())
        return std::nullopt;
    // In the byte order of the machine that made it.
    for (const std::uint32_t value : {magic, __builtin_bswap32(magic)}) {
        if (value == hash_magic)
            return "hash";
        if (value == btree_magic)
            return "btree";
    }
    return std::nullopt;
}

// alias_maps and alias_database name lists of aliases, "hash:/etc/aliases, hash:/etc/list".
bool is_list_of_aliases(partitions::Storage &storage, const overlay::OverlayView &etc, const Path &relative) {
    if (relative == "aliases")
        return true;
    const auto main_cf = etc.find("postfix/main.cf");
    if (!main_cf || storage.kind(*main_cf) != partitions::FileKind::file)
        return false;
    const auto lines = read_keyed_lines(*keyed_grammar_at("postfix/main.cf"),
                                        partitions::read_whole_file(storage, *main_cf, max_main_cf_bytes));
    std::set<std::string> names = {"/etc/" + relative.string()};
    if (*relative.begin() == "postfix")
        for (const char *folder : {"$config_directory/", "${config_directory}/", "$(config_directory)/"})
            names.insert(folder + relative.lexically_relative("postfix").string());
    for (const KeyedLine &line : lines.value_or(std::vector<KeyedLine>())) {
        if (line.name != "alias_maps" && line.name != "alias_database")
            continue;
        // "TYPE:NAME", with commas or blanks between them.
        std::string value = line.value;
        std::replace(value.begin(), value.end(), ',', ' ');
        std::istringstream words(value);
        for (std::string word; words >> word;)
            if (names.contains(word.substr(word.find(':') + 1)))
                return true;
    }
    return false;
}

} // namespace

std::optional<Path> source_of_map(const Path &relative) {
    for (const char *ending : map_endings)
        if (relative.extension() == ending)
            return relative.parent_path() / relative.stem();
    return std::nullopt;
}

std::vector<Path> maps_of_source(const Path &relative) {
    std::vector<Path> maps;
    for (const char *ending : map_endings)
        maps.push_back(relative.parent_path() / (relative.filename().string() + ending));
    return maps;
}

std::optional<MapCompiler> compiler_of_map(partitions::Storage &storage, const overlay::OverlayView &etc,
                                           const Path &source_relative, const Path &compiled) {
    const std::string ending = compiled.extension();
    const auto type = ending == ".db" ? berkeley_type(storage, compiled) : std::optional(ending.substr(1));
    if (!type)
        return std::nullopt;
    return MapCompiler{is_list_of_aliases(storage, etc, source_relative) ? "/usr/sbin/postalias"
                                                                         : "/usr/sbin/postmap",
                       *type};
}

} // namespace hooks::etc
