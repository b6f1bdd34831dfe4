#include "hooks/etc/library_folders.hpp"

#include "partitions/durable.hpp"

#include <filesystem>
#include <fnmatch.h>
#include <sstream>
#include <stdexcept>

namespace hooks::etc {

namespace {

constexpr int max_include_depth = 16;
constexpr std::size_t max_library_file_bytes = 256UL * 1024 * 1024;

class LibraryFolders {
  public:
    LibraryFolders(partitions::Storage &storage, const overlay::OverlayView &etc)
        : storage_(storage), etc_(etc) {}

    std::string in_file(const std::filesystem::path &relative, int depth) const {
        if (depth > max_include_depth)
            throw std::runtime_error("/etc/" + relative.string() + " includes itself");
        std::istringstream lines(contents_of(relative));
        std::string text;
        for (std::string line; std::getline(lines, line);) {
            std::istringstream words(line);
            std::string word;
            words >> word;
            if (word != "include") {
                text += line + "\n";
                continue;
            }
            for (std::string pattern; words >> pattern;)
                text += included_by(pattern, depth);
        }
        return text;
    }

  private:
    std::string contents_of(const std::filesystem::path &relative) const {
        const auto file = etc_.find(relative);
        if (!file || storage_.kind(*file) != partitions::FileKind::file)
            return {};
        return partitions::read_whole_file(storage_, *file, max_library_file_bytes);
    }

    std::string included_by(const std::string &pattern, int depth) const {
        const std::filesystem::path included = pattern.starts_with('/')
                                                   ? std::filesystem::path(pattern).lexically_relative("/etc")
                                                   : std::filesystem::path(pattern);
        if (included.empty() || *included.begin() == "..")
            return "include " + pattern + "\n";
        std::string text;
        for (const auto &[name, entry] : etc_.list(included.parent_path()))
            if (fnmatch(included.filename().c_str(), name.c_str(), FNM_PERIOD) == 0)
                text += in_file(included.parent_path() / name, depth + 1);
        return text;
    }

    partitions::Storage &storage_;
    const overlay::OverlayView &etc_;
};

} // namespace

std::string library_folders(partitions::Storage &storage, const overlay::OverlayView &etc) {
    return LibraryFolders(storage, etc).in_file("ld.so.conf", 0);
}

} // namespace hooks::etc
