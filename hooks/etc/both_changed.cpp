// Merging what can be merged, by the grammar of the file; see the header.
#include "hooks/etc/both_changed.hpp"

#include "hooks/etc/account_decision.hpp"
#include "hooks/etc/certificate_merge.hpp"
#include "hooks/etc/parameter_merge.hpp"
#include "hooks/etc/text_merge.hpp"
#include "partitions/durable.hpp"

#include <vector>

namespace hooks::etc {

namespace {

constexpr std::size_t max_text_bytes = 16UL * 1024 * 1024;

// The contents if it is a regular file of moderate size without zero bytes.
std::optional<std::string> read_text(partitions::Storage &storage, const std::filesystem::path &path) {
    const partitions::FileDetails details = storage.details(path);
    if (details.kind != partitions::FileKind::file || details.size_bytes > max_text_bytes)
        return std::nullopt;
    std::string text = partitions::read_whole_file(storage, path, max_text_bytes);
    if (text.find('\0') != std::string::npos)
        return std::nullopt;
    return text;
}

std::string joined(const std::vector<std::string> &texts) {
    std::string result;
    for (const std::string &text : texts)
        result += (result.empty() ? "" : "; ") + text;
    return result;
}

Decision administrators_wins(const std::string &why) {
    return {Fate::conflict, Contents::mine, why + "; the administrator's version stays", "", true};
}

// The administrator's value of a name wins, regardless of where both sides have its lines.
Decision merged_by_name(const KeyedGrammar &grammar, ParameterMerge by_name, TextMerge by_lines) {
    if (!by_name.conflicts.empty())
        return {Fate::conflict, Contents::text,
                "changed on both sides; the administrator's value stays for " + joined(by_name.conflicts) +
                    ", the rest is merged",
                std::move(by_name.text), true};
    // The merge by lines keeps the comments of both sides; used if it sets the same values.
    if (by_lines.clean)
        if (const auto lines = read_keyed_lines(grammar, by_lines.text);
            lines && values_by_key(*lines) == by_name.values)
            return {Fate::merged, Contents::text, "changed on both sides, merged", std::move(by_lines.text),
                    false};
    return {Fate::merged, Contents::text, "changed on both sides, merged name by name",
            std::move(by_name.text), false};
}

Decision merge_text_files(const std::filesystem::path &relative, const Versions &versions,
                          const std::string &base, const std::string &mine, const std::string &theirs) {
    if (order_of_lines_decides(relative.string()))
        return administrators_wins("changed on both sides, and the order of its lines decides");
    TextMerge by_lines = merge_texts(*versions.base, versions.mine, *versions.theirs);
    if (const KeyedGrammar *grammar = keyed_grammar_at(relative.string()))
        if (std::optional<ParameterMerge> by_name = merge_parameters(*grammar, base, mine, theirs))
            return merged_by_name(*grammar, std::move(*by_name), std::move(by_lines));
    if (!by_lines.clean)
        return administrators_wins("changed on both sides in the same lines");
    const std::vector<std::string> names = names_changed_on_both_sides(base, mine, theirs, by_lines.text);
    if (!names.empty())
        return administrators_wins("changed on both sides, and which line counts is not certain for " +
                                   joined(names));
    return {Fate::merged, Contents::text, "changed on both sides, merged", std::move(by_lines.text), false};
}

} // namespace

Decision decide_both_changed(partitions::Storage &storage, const std::filesystem::path &relative,
                             const Versions &versions) {
    const partitions::FileKind mine_kind = storage.kind(versions.mine);
    const partitions::FileKind theirs_kind = storage.kind(*versions.theirs);
    if (mine_kind != theirs_kind)
        return administrators_wins("of another kind in the new system");
    if (mine_kind == partitions::FileKind::symlink)
        return {Fate::conflict, Contents::mine,
                "a link to " + storage.read_symlink(versions.mine).string() + ", in the new system to " +
                    storage.read_symlink(*versions.theirs).string() + "; the administrator's version stays",
                "", false};
    const std::optional<std::string> mine = read_text(storage, versions.mine);
    const std::optional<std::string> theirs = read_text(storage, *versions.theirs);
    const std::optional<std::string> base =
        versions.base ? read_text(storage, *versions.base) : std::string();
    if (!mine || !theirs || !base)
        return administrators_wins("changed on both sides, and no text that could be merged");
    if (const std::optional<AccountFile> file = account_file_at(relative.string()))
        return decision_on(merge_accounts(*file, *base, *mine, *theirs));
    if (is_certificate_bundle(relative.string()))
        if (std::optional<std::string> merged = merge_certificates(*base, *mine, *theirs))
            return {Fate::merged, Contents::text, "changed on both sides, merged certificate by certificate",
                    std::move(*merged), false};
    if (!versions.base)
        return administrators_wins("made by the administrator and by the new system");
    return merge_text_files(relative, versions, *base, *mine, *theirs);
}

} // namespace hooks::etc
