// Open files of the real storage, through the page cache. Private to partitions/.
#pragma once

#include "partitions/base/file_descriptor.hpp"
#include "partitions/storage.hpp"

namespace partitions {

class PosixFile : public File {
  public:
    PosixFile(std::filesystem::path path, OpenMode mode, base::FileDescriptor descriptor);

    std::size_t read_at(std::uint64_t offset_bytes, std::span<std::byte> into) override;
    void write_at(std::uint64_t offset_bytes, std::span<const std::byte> bytes) override;
    void append(std::span<const std::byte> bytes) override;
    void zero(std::uint64_t offset_bytes, std::uint64_t length_bytes) override;
    bool zeroes_by_itself() override;
    std::uint64_t size_bytes() override;
    void sync() override;
    void close() override;

  protected:
    /// The descriptor; throws when the file is closed.
    int number(const char *operation) const;
    std::size_t read_fully(std::uint64_t offset_bytes, std::span<std::byte> into) const;
    void write_fully(std::uint64_t offset_bytes, std::span<const std::byte> bytes) const;
    [[noreturn]] void fail(const std::string &operation, int error_number) const;

  private:
    void write_zeros(std::uint64_t offset_bytes, std::uint64_t length_bytes);

    std::filesystem::path path_;
    OpenMode mode_;
    base::FileDescriptor descriptor_;
};

} // namespace partitions
