// Memory aligned for direct I/O.
#pragma once

#include "partitions/storage.hpp"

#include <cstddef>
#include <memory>
#include <new>
#include <span>

namespace partitions {

/// Begins at a multiple of File::block_alignment_bytes; not initialized.
class AlignedBuffer {
  public:
    explicit AlignedBuffer(std::size_t size_bytes)
        : memory_(new (std::align_val_t{File::block_alignment_bytes}) std::byte[size_bytes]),
          size_bytes_(size_bytes) {}

    std::span<std::byte> span() const { return {memory_.get(), size_bytes_}; }
    std::span<std::byte> first(std::size_t length_bytes) const { return span().first(length_bytes); }
    std::byte *data() const { return memory_.get(); }
    std::size_t size() const { return size_bytes_; }

  private:
    struct Free {
        void operator()(std::byte *memory) const noexcept {
            ::operator delete[](memory, std::align_val_t{File::block_alignment_bytes});
        }
    };
    std::unique_ptr<std::byte[], Free> memory_;
    std::size_t size_bytes_;
};

} // namespace partitions
