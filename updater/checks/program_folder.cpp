#include "updater/checks/program_folder.hpp"

#include <algorithm>
#include <string>

namespace updater::checks {

namespace {

bool is_name_of_program(const std::string &name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_';
    });
}

} // namespace

std::vector<std::filesystem::path> programs_in(partitions::Storage &storage,
                                               const std::filesystem::path &folder,
                                               const std::filesystem::path &root) {
    std::vector<std::filesystem::path> programs;
    const auto real = root / folder.relative_path();
    if (storage.kind(real) != partitions::FileKind::directory)
        return programs;
    for (const auto &entry : storage.list(real))
        if (is_name_of_program(entry.filename().string()))
            programs.push_back(folder / entry.filename());
    return programs;
}

} // namespace updater::checks
