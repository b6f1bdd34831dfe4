#include "updater/checks/odd_names.hpp"

#include "updater/text/clean_text.hpp"

#include <algorithm>
#include <vector>

namespace updater::checks {

namespace {

constexpr std::size_t max_odd_names_shown = 5;
constexpr int max_depth_of_etc = 64;

struct Names {
    std::size_t count = 0;
    std::vector<std::string> odd;
};

bool is_visible(char c) {
    return c > ' ' && c <= '~';
}

/// A blank inside is fine; clean_text() takes those at the ends away.
bool is_odd(const std::string &name) {
    return !std::ranges::all_of(name, is_visible) && text::clean_text("x" + name + "x") != "x" + name + "x";
}

void collect_names(partitions::Storage &storage, const std::filesystem::path &folder,
                   const std::filesystem::path &shown, int depth, Names &names) {
    for (const auto &entry : storage.list(folder)) {
        ++names.count;
        const auto path = shown / entry.filename();
        if (is_odd(entry.filename()))
            names.odd.push_back(visible_path(path));
        if (depth < max_depth_of_etc && storage.kind(entry) == partitions::FileKind::directory)
            collect_names(storage, entry, path, depth + 1, names);
    }
}

Finding names_in_etc(partitions::Storage &storage, const std::filesystem::path &upper) {
    Names names;
    if (storage.kind(upper) == partitions::FileKind::directory)
        collect_names(storage, upper, "/etc", 0, names);
    if (names.odd.empty())
        return {.verdict = Verdict::pass,
                .text = std::to_string(names.count) + " files and folders of /etc are this appliance's own; "
                                                      "their names can be shown as they are"};
    std::string text;
    for (std::size_t index = 0; index < std::min(names.odd.size(), max_odd_names_shown); ++index)
        text += (index == 0 ? "" : ", ") + names.odd[index];
    if (names.odd.size() > max_odd_names_shown)
        text += " and " + std::to_string(names.odd.size() - max_odd_names_shown) + " more";
    return {.verdict = Verdict::notice,
            .text = "names with bytes that cannot be shown are carried as they are; here each such byte is a "
                    "backslash and its octal number: " +
                    text};
}

} // namespace

std::string visible_path(const std::filesystem::path &path) {
    std::string shown;
    if (!is_odd(path.string()))
        return path.string();
    for (const char c : path.string()) {
        if (is_visible(c) && c != '\\') {
            shown += c;
            continue;
        }
        const unsigned value = static_cast<unsigned char>(c);
        shown += '\\';
        for (const unsigned shift : {6U, 3U, 0U})
            shown += static_cast<char>('0' + ((value >> shift) & 7U));
    }
    return shown;
}

void check_names_in_etc(partitions::Storage &storage, const std::filesystem::path &upper,
                        Findings &findings) {
    findings.judge(
        "names in /etc", [&] { return names_in_etc(storage, upper); }, Verdict::warn);
}

} // namespace updater::checks
