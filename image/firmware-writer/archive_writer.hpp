// Writes the archive that a firmware file is. Knows no entry. Internal to this folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

struct archive;

namespace firmware_writer {

/// A reproducible pax archive: no times and no owners of the machine that it is made on. Throws
/// std::runtime_error naming the file.
class ArchiveWriter {
  public:
    explicit ArchiveWriter(const std::filesystem::path &path);

    void add(const std::string &name, const std::string &contents);
    /// The first `length_bytes` of the file are the contents.
    void add_file(const std::string &name, const std::filesystem::path &file, std::uint64_t length_bytes);
    std::uint64_t written_bytes() const;
    void close();

  private:
    void begin(const std::string &name, std::uint64_t length_bytes);
    void write(std::span<const char> bytes);
    void require(int result) const;

    std::filesystem::path path_;
    struct Free {
        void operator()(archive *archive) const;
    };
    std::unique_ptr<archive, Free> archive_;
};

} // namespace firmware_writer
