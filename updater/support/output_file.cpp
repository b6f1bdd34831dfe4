#include "updater/support/output_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace updater::support {

namespace {

constexpr mode_t for_owner_alone = 0600;

std::runtime_error exists_already(const std::filesystem::path &path) {
    return std::runtime_error(
        path.string() + " exists already, and is left as it is. Choose another name, or remove it: rm " +
        path.string());
}

} // namespace

OutputFile::OutputFile(std::filesystem::path path) : path_(std::move(path)) {
    struct stat status {};
    if (::lstat(path_.c_str(), &status) == 0)
        throw exists_already(path_);
    const std::filesystem::path folder = path_.parent_path().empty() ? "." : path_.parent_path();
    file_ = partitions::base::FileDescriptor(
        ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, for_owner_alone));
    if (file_.number() < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
        file_ = partitions::base::FileDescriptor(
            ::open(path_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, for_owner_alone));
        named_ = file_.number() >= 0;
    }
    if (file_.number() < 0)
        cannot_write(errno);
}

OutputFile::~OutputFile() {
    if (named_ && !finished_)
        ::unlink(path_.c_str());
}

void OutputFile::finish() {
    if (::fsync(file_.number()) != 0)
        cannot_write(errno);
    const std::string nameless = "/proc/self/fd/" + std::to_string(file_.number());
    if (!named_ && ::linkat(AT_FDCWD, nameless.c_str(), AT_FDCWD, path_.c_str(), AT_SYMLINK_FOLLOW) != 0) {
        if (errno == EEXIST)
            throw exists_already(path_);
        cannot_write(errno);
    }
    finished_ = true;
}

void OutputFile::cannot_write(int error) const {
    throw std::runtime_error("cannot write " + path_.string() + ": " + std::strerror(error) +
                             ". Nothing is left there. Choose another place, such as /data/support.tar.zst");
}

} // namespace updater::support
