// A file descriptor that its owner closes.
#pragma once

#include <unistd.h>
#include <utility>

namespace partitions::base {

class FileDescriptor {
  public:
    explicit FileDescriptor(int number = -1) noexcept : number_(number) {}
    FileDescriptor(FileDescriptor &&from) noexcept : number_(std::exchange(from.number_, -1)) {}
    FileDescriptor &operator=(FileDescriptor &&from) noexcept {
        std::swap(number_, from.number_);
        return *this;
    }
    FileDescriptor(const FileDescriptor &) = delete;
    FileDescriptor &operator=(const FileDescriptor &) = delete;
    /// Ignores the result of close(2): right for descriptors that were only read, and during stack unwinding.
    ~FileDescriptor() {
        if (number_ >= 0)
            ::close(number_);
    }

    int number() const noexcept { return number_; }
    bool valid() const noexcept { return number_ >= 0; }
    /// The result of close(2); on Linux the descriptor is gone whatever the result.
    int close() noexcept { return ::close(std::exchange(number_, -1)); }

  private:
    int number_;
};

} // namespace partitions::base
