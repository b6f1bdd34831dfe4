#include "updater/snapshot/description_json.hpp"

#include "updater/snapshot/path_text.hpp"
#include "updater/snapshot/snapshot_error.hpp"
#include "updater/text/utc_time.hpp"
#include "updater/text/word_table.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <limits>
#include <stdexcept>

namespace updater::snapshot {

using nlohmann::json;

namespace {

constexpr auto kind_words = std::to_array<text::Word<EntryKind>>({{EntryKind::directory, "directory"},
                                                                  {EntryKind::file, "file"},
                                                                  {EntryKind::symlink, "link"},
                                                                  {EntryKind::whiteout, "removed"}});

json json_of(const Entry &entry) {
    json value{{"path", plain_from(entry.path.native())}, {"kind", text::word_of(kind_words, entry.kind)}};
    if (entry.kind == EntryKind::whiteout)
        return value;
    value["mode"] = entry.attributes.permissions;
    value["owner"] = entry.attributes.owner;
    value["group"] = entry.attributes.group;
    value["modified"] = entry.modified.seconds;
    value["modified_ns"] = entry.modified.nanoseconds;
    if (entry.attributes.flags != 0)
        value["flags"] = entry.attributes.flags;
    for (const auto &[name, bytes] : entry.attributes.extended)
        value["attributes"][plain_from(name)] = plain_from(bytes);
    if (entry.opaque)
        value["opaque"] = true;
    if (entry.kind == EntryKind::symlink)
        value["target"] = plain_from(entry.target.native());
    if (entry.kind == EntryKind::file) {
        value["bytes"] = entry.size_bytes;
        value["sha256"] = partitions::base::to_hexadecimal(entry.hash);
    }
    return value;
}

json json_of(const std::vector<Entry> &entries) {
    json list = json::array();
    for (const Entry &entry : entries)
        list.push_back(json_of(entry));
    return list;
}

// The library's own conversions accept any number, also one that doesn't fit.
template <typename Number> Number number_in(const json &object, const char *name) {
    const json &value = object.at(name);
    const bool is_small =
        value.is_number_unsigned() &&
        value.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<Number>::max());
    const bool is_negative =
        value.is_number_integer() && !value.is_number_unsigned() && std::numeric_limits<Number>::is_signed;
    if (!is_small && !is_negative)
        throw std::runtime_error(std::string("its ") + name + " is no number that fits");
    return value.get<Number>();
}

std::string bytes_in(const json &value) {
    if (auto bytes = bytes_from_plain(value.get_ref<const std::string &>()))
        return std::move(*bytes);
    throw std::runtime_error("a name in it is written in another way");
}

Entry entry_from(const json &value) {
    Entry entry;
    entry.path = bytes_in(value.at("path"));
    const auto kind = text::value_of(kind_words, value.at("kind").get_ref<const std::string &>());
    if (!kind)
        throw std::runtime_error("it holds another kind of file");
    entry.kind = *kind;
    if (entry.kind == EntryKind::whiteout)
        return entry;
    entry.attributes.permissions = number_in<mode_t>(value, "mode");
    entry.attributes.owner = number_in<uid_t>(value, "owner");
    entry.attributes.group = number_in<gid_t>(value, "group");
    entry.modified = {number_in<std::int64_t>(value, "modified"),
                      number_in<std::int64_t>(value, "modified_ns")};
    if (value.contains("flags"))
        entry.attributes.flags = number_in<unsigned>(value, "flags");
    if (value.contains("attributes"))
        for (const auto &[name, bytes] : value.at("attributes").items())
            entry.attributes.extended[bytes_in(json(name))] = bytes_in(bytes);
    entry.opaque = value.contains("opaque") && value.at("opaque").get<bool>();
    if (entry.kind == EntryKind::symlink)
        entry.target = bytes_in(value.at("target"));
    if (entry.kind == EntryKind::file) {
        entry.size_bytes = number_in<std::uint64_t>(value, "bytes");
        const auto hash = partitions::base::parse_sha256(value.at("sha256").get_ref<const std::string &>());
        if (!hash)
            throw std::runtime_error("a hash in it is damaged");
        entry.hash = *hash;
    }
    return entry;
}

// The library's tree needs far more memory than the text, if that has little but brackets and commas.
void require_modest(std::string_view text) {
    constexpr std::size_t max_depth = 8; // a description has 4
    constexpr std::size_t max_values = 1'000'000;
    std::size_t depth = 0;
    std::size_t values = 0;
    bool in_string = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char letter = text[at];
        if (letter == '"')
            in_string = !in_string;
        else if (in_string)
            at += letter == '\\' ? 1U : 0U; // what it escapes ends no string
        else if (letter == ']' || letter == '}')
            depth -= depth > 0 ? 1U : 0U;
        else {
            const bool opens = letter == '[' || letter == '{';
            depth += opens ? 1U : 0U;
            values += opens || letter == ',' ? 1U : 0U;
        }
        if (depth > max_depth || values > max_values)
            throw std::runtime_error("its description holds more than that of a snapshot can");
    }
}

std::vector<Entry> entries_from(const json &list) {
    if (!list.is_array() || list.size() > max_entries)
        throw std::runtime_error("it has more than " + std::to_string(max_entries) + " files");
    std::vector<Entry> entries;
    for (const json &value : list)
        entries.push_back(entry_from(value));
    return entries;
}

Description description_from(const json &document) {
    Description description;
    description.name = document.at("name").get<std::string>();
    description.product = document.at("product").get<std::string>();
    description.version = document.at("version").get<std::string>();
    description.slot = document.at("slot").get<std::string>();
    const auto made = text::parse_utc(document.at("made").get_ref<const std::string &>());
    if (!made)
        throw std::runtime_error("the time at which it was made is damaged");
    description.made = *made;
    description.why = document.at("why").get<std::string>();
    description.automatic = document.at("automatic").get<bool>();
    description.formats = document.at("formats").get<Formats>();
    description.settings = entries_from(document.at("settings"));
    description.base = entries_from(document.at("base"));
    if (document.contains("var"))
        description.var = entries_from(document.at("var"));
    description.left_out = document.at("left_out").get<std::vector<std::string>>();
    return description;
}

} // namespace

std::string description_text(const Description &description) {
    constexpr int format_without_var = 1;
    json document{{"format", description.var.empty() ? format_without_var : description_format},
                  {"name", description.name},
                  {"product", description.product},
                  {"version", description.version},
                  {"slot", description.slot},
                  {"made", text::utc_text(description.made)},
                  {"why", description.why},
                  {"automatic", description.automatic},
                  {"formats", description.formats},
                  {"settings", json_of(description.settings)},
                  {"base", json_of(description.base)},
                  {"left_out", description.left_out}};
    if (!description.var.empty())
        document["var"] = json_of(description.var);
    return document.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

Description parse_description(std::string_view text, const std::string &name) {
    Description description;
    try {
        require_modest(text);
        // Without a callback, which costs the square of the number of files.
        const json document = json::parse(text);
        const int format = number_in<int>(document, "format");
        if (format > description_format)
            throw std::runtime_error("it is in format " + std::to_string(format) +
                                     ", which only a newer release reads");
        description = description_from(document);
    } catch (const SnapshotDamaged &) {
        throw;
    } catch (const json::exception &) {
        throw SnapshotDamaged(name, "its description is damaged");
    } catch (const std::runtime_error &reason) {
        throw SnapshotDamaged(name, reason.what());
    }
    check_description(description);
    return description;
}

} // namespace updater::snapshot
