#include "updater/support/files.hpp"

#include "partitions/base/file_descriptor.hpp"
#include "updater/support/not_to_be_had.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace updater::support {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void cannot_read(const fs::path &file, const char *why) {
    throw NotToBeHad("cannot read " + file.string() + ": " + why);
}

void skip_to_last(int descriptor, off_t size, std::size_t max_bytes) {
    const auto max = static_cast<off_t>(max_bytes);
    if (size > max)
        ::lseek(descriptor, size - max, SEEK_SET);
}

std::string read_up_to(int descriptor, std::size_t max_bytes, const fs::path &file) {
    std::string contents;
    std::array<char, 65536> buffer{};
    while (contents.size() < max_bytes) {
        const ssize_t length =
            ::read(descriptor, buffer.data(), std::min(buffer.size(), max_bytes - contents.size()));
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            cannot_read(file, std::strerror(errno));
        if (length == 0)
            break;
        contents.append(buffer.data(), static_cast<std::size_t>(length));
    }
    return contents;
}

} // namespace

std::string end_of_file(const fs::path &file, std::size_t max_bytes) {
    const partitions::base::FileDescriptor open_file(
        ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat status {};
    if (open_file.number() < 0 || ::fstat(open_file.number(), &status) != 0)
        cannot_read(file, std::strerror(errno));
    if (!S_ISREG(status.st_mode))
        cannot_read(file, "it is no file");
    skip_to_last(open_file.number(), status.st_size, max_bytes);
    std::string contents = read_up_to(open_file.number(), max_bytes, file);
    if (static_cast<std::uint64_t>(status.st_size) <= max_bytes)
        return contents;
    const std::size_t line_end = contents.find('\n');
    return "(the end only: the file has " + std::to_string(status.st_size) + " bytes)\n" +
           (line_end == std::string::npos ? contents : contents.substr(line_end + 1));
}

std::vector<fs::path> newest_files(const fs::path &folder, const std::string &ending, std::size_t max) {
    std::vector<std::pair<fs::file_time_type, fs::path>> found;
    std::error_code error;
    for (fs::directory_iterator entries(folder, error); !error && entries != fs::directory_iterator();
         entries.increment(error)) {
        std::error_code vanished;
        const auto time = fs::last_write_time(entries->path(), vanished);
        if (!vanished && entries->path().filename().string().ends_with(ending))
            found.emplace_back(time, entries->path());
    }
    std::ranges::sort(found, std::ranges::greater());
    found.resize(std::min(found.size(), max));
    std::vector<fs::path> paths;
    for (auto &[time, path] : found)
        paths.push_back(std::move(path));
    return paths;
}

} // namespace updater::support
