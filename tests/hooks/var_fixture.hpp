// A conversion of /var with the two images and the two generations, as the updater lays them out, and short
// ways to say what is in each.
#pragma once

#include "hooks/var/var_conversion.hpp"
#include "partitions/tree_copy.hpp"
#include "tests/hooks/conversion_fixture.hpp"

#include <map>

struct VarFixture : ConversionFixture {
    VarFixture() { tree.directory("old/var"), tree.directory("new/var"); }

    /// nullptr: nothing, "-> x" a link, "(directory)", else the text of a file.
    void put(const std::string &path, const char *what) const {
        if (what == nullptr)
            return;
        const std::string text = what;
        if (text == "(directory)")
            tree.directory(path);
        else if (text.starts_with("-> "))
            tree.link(path, text.substr(3));
        else
            tree.file(path, text);
    }

    /// As phase 2 makes the new generation.
    void copy_new_image() {
        std::filesystem::remove(tree / "new-var");
        partitions::copy_tree(storage, tree / "new/var", tree / "new-var");
    }

    void convert() { hooks::var::convert_var(storage, request(), log); }

    std::string report() const { return tree.look("result/update-control/carried-var.txt"); }

    /// "section: rest of the line" for the line of the report that begins with this place; "" if there is
    /// none.
    std::string reported(const std::string &place) const {
        std::string section;
        std::istringstream lines(report());
        for (std::string line; std::getline(lines, line);) {
            if (!line.starts_with(" "))
                section = line;
            else if (line.starts_with("  " + place + ": ") || line.starts_with("  " + place + " ("))
                return section + line.substr(2 + place.size());
        }
        return "";
    }
};

/// Everything below a folder: path -> kind, mode, owners, time, number of names, and contents.
inline std::map<std::string, std::string> all_of(const ScratchTree &tree, const std::string &folder) {
    std::map<std::string, std::string> found;
    for (const auto &entry : std::filesystem::recursive_directory_iterator(tree / folder)) {
        const std::string relative = entry.path().lexically_relative(tree / folder).string();
        const struct stat status = tree.status(folder + "/" + relative);
        const bool is_folder = S_ISDIR(status.st_mode);
        found[relative] = std::to_string(status.st_mode) + " " + std::to_string(status.st_uid) + ":" +
                          std::to_string(status.st_gid) + " " + std::to_string(status.st_mtim.tv_sec) + " " +
                          std::to_string(is_folder ? 0 : status.st_nlink) + " " +
                          (S_ISFIFO(status.st_mode) ? "" : tree.look(folder + "/" + relative));
    }
    return found;
}
