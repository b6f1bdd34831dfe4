// mmap(2).
#include "image/delta/mapped_image.hpp"

#include "partitions/base/file_descriptor.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>

namespace delta {

MappedImage::MappedImage(const std::filesystem::path &file) {
    const auto fail = [&](int error) {
        throw std::system_error(error, std::generic_category(), "cannot read the image " + file.string());
    };
    // Closed on return: the mapping stays.
    const partitions::base::FileDescriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (!descriptor.valid() || ::fstat(descriptor.number(), &status) != 0)
        fail(errno);
    if (status.st_size == 0) // mmap(2) cannot map nothing
        fail(EINVAL);
    const auto size = static_cast<std::size_t>(status.st_size);
    void *memory = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor.number(), 0);
    if (memory == MAP_FAILED)
        fail(errno);
    memory_ = static_cast<const std::byte *>(memory);
    size_ = size;
}

MappedImage::~MappedImage() {
    ::munmap(const_cast<std::byte *>(memory_), size_);
}

} // namespace delta
