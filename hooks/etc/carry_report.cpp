// The text of carried-over.txt; see the header.
#include "hooks/etc/carry_report.hpp"

#include <algorithm>

namespace hooks::etc {

namespace {

constexpr std::array<std::string_view, 4> titles = {"carried", "merged", "conflict", "left behind"};

std::size_t index_of(Fate fate) {
    return static_cast<std::size_t>(fate);
}

} // namespace

std::string shown_path(const std::filesystem::path &relative, std::string_view folder) {
    std::string shown(folder);
    for (const char c : relative.string()) {
        const unsigned value = static_cast<unsigned char>(c);
        if (value >= 0x20 && value != 0x7f) {
            shown += c;
            continue;
        }
        shown += '\\';
        for (const unsigned shift : {6U, 3U, 0U})
            shown += static_cast<char>('0' + ((value >> shift) & 7U));
    }
    return shown;
}

void CarryReport::add(Fate fate, const std::filesystem::path &relative, std::string_view reason) {
    sections_[index_of(fate)].push_back({shown_path(relative), std::string(reason)});
}

std::size_t CarryReport::count(Fate fate) const {
    return sections_[index_of(fate)].size();
}

std::string CarryReport::text() const {
    std::string text = "What became of this appliance's changes in /etc when its system was upgraded.\n"
                       "Written by update-control; an upgrade replaces this file.\n";
    for (std::size_t i = 0; i < sections_.size(); ++i) {
        text += "\n" + std::string(titles[i]) + "\n";
        std::vector<Line> lines = sections_[i];
        std::stable_sort(lines.begin(), lines.end(),
                         [](const Line &a, const Line &b) { return a.path < b.path; });
        for (const Line &line : lines)
            text += "  " + line.path + ": " + line.reason + "\n";
        if (lines.empty())
            text += "  nothing\n";
    }
    return text;
}

std::string CarryReport::summary() const {
    return "carried " + std::to_string(count(Fate::carried)) + ", merged " +
           std::to_string(count(Fate::merged)) + ", conflicts " + std::to_string(count(Fate::conflict)) +
           ", left behind " + std::to_string(count(Fate::left_behind));
}

} // namespace hooks::etc
