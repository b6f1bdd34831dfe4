// mmap(2).
#include "image/delta/mapped_image.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace delta {

MappedImage::MappedImage(const std::filesystem::path &file) {
    const auto fail = [&](int error) {
        throw std::system_error(error, std::generic_category(), "cannot read the image " + file.string());
    };
    const int number = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (number < 0)
        fail(errno);
    struct stat status {};
    void *memory = MAP_FAILED;
    int error = 0;
    if (::fstat(number, &status) != 0 || status.st_size == 0)
        error = errno != 0 ? errno : EINVAL;
    else if (memory =
                 ::mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_SHARED, number, 0);
             memory == MAP_FAILED)
        error = errno;
    ::close(number); // the mapping stays
    if (error != 0)
        fail(error);
    memory_ = static_cast<const std::byte *>(memory);
    size_ = static_cast<std::size_t>(status.st_size);
}

MappedImage::~MappedImage() {
    ::munmap(const_cast<std::byte *>(memory_), size_);
}

} // namespace delta
