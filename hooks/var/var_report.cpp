// The text of carried-var.txt; see the header.
#include "hooks/var/var_report.hpp"

#include "hooks/etc/carry_report.hpp"
#include "hooks/overlay/overlay_format.hpp"
#include "partitions/durable.hpp"

#include <algorithm>

namespace hooks::var {

namespace {

constexpr std::array<std::string_view, 3> var_titles = {"carried", "carried in another way", "left behind"};
constexpr const char *var_report_folder = "update-control";
constexpr std::uint64_t max_lines_of_a_folder = 100;

std::string number_of_files(std::uint64_t files) {
    return std::to_string(files) + (files == 1 ? " file" : " files");
}

} // namespace

void VarReport::add(VarFate fate, const std::filesystem::path &relative, std::string_view reason) {
    sections_[static_cast<std::size_t>(fate)].try_emplace({relative, std::string(reason)}, 0);
}

void VarReport::count(VarFate fate, const std::filesystem::path &place, std::string_view reason) {
    ++sections_[static_cast<std::size_t>(fate)][{place, std::string(reason)}];
}

VarReport::Lines VarReport::folded(const Lines &lines) {
    std::map<Line, std::uint64_t> singles; // by folder and reason
    for (const auto &[line, files] : lines)
        singles[{line.first.parent_path(), line.second}] += files == 0 ? 1 : 0;
    Lines result;
    for (const auto &[line, files] : lines) {
        const Line folder{line.first.parent_path(), line.second};
        if (files == 0 && singles[folder] > max_lines_of_a_folder)
            ++result[folder];
        else
            result[line] += files;
    }
    return result;
}

std::string VarReport::text() const {
    std::string text = "What became of the files in /var when this appliance's system was upgraded.\n"
                       "Written by update-control; an upgrade replaces this file.\n";
    for (std::size_t i = 0; i < sections_.size(); ++i) {
        text += "\n" + std::string(var_titles[i]) + "\n";
        for (const auto &[line, files] : folded(sections_[i]))
            text += "  " + (line.first.empty() ? "/var" : etc::shown_path(line.first, "/var/")) +
                    (files == 0 ? "" : " (" + number_of_files(files) + ")") + ": " + line.second + "\n";
        if (sections_[i].empty())
            text += "  nothing\n";
    }
    return text;
}

std::uint64_t VarReport::files(VarFate fate) const {
    std::uint64_t sum = 0;
    for (const auto &[line, files] : sections_[static_cast<std::size_t>(fate)])
        sum += std::max<std::uint64_t>(files, 1);
    return sum;
}

void write_var_report(partitions::Storage &storage, const ConversionRequest &request,
                      const VarReport &report) {
    const auto folder = request.target / var_report_folder;
    if (storage.kind(folder) != partitions::FileKind::directory) {
        storage.make_directory(folder, 0755);
        const auto theirs = request.new_root / "etc" / var_report_folder;
        if (storage.kind(theirs) == partitions::FileKind::directory)
            overlay::set_attributes(folder, overlay::read_attributes(theirs));
    }
    partitions::replace_file(storage, folder / "carried-var.txt", report.text());
    overlay::set_attributes(folder / "carried-var.txt", {.permissions = 0600});
}

} // namespace hooks::var
