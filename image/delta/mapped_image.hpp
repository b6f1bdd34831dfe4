// An OS image mapped into memory, read-only.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace delta {

class MappedImage {
  public:
    /// Throws std::system_error naming the file.
    explicit MappedImage(const std::filesystem::path &file);
    ~MappedImage();
    MappedImage(const MappedImage &) = delete;
    MappedImage &operator=(const MappedImage &) = delete;

    std::span<const std::byte> bytes() const { return {memory_, size_}; }

  private:
    const std::byte *memory_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace delta
