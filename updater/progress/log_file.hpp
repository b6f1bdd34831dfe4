// The log file of one job: appends lines, survives a full disk, keeps its size bounded. Knows nothing of the
// other places that an event goes to.
#pragma once

#include "partitions/storage.hpp"
#include "updater/progress/event.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace updater::progress {

/// Lies on a disk that mail needs, and programs whose lines come here may say anything: beyond max_bytes info
/// and debug lines are no longer written, beyond twice that no line is. The last line says so.
class LogFile {
  public:
    static constexpr std::uint64_t max_bytes = 8UL * 1024 * 1024;

    /// Appends to `path` if it exists; the first write makes its folder if missing. The storage outlives this
    /// object.
    LogFile(partitions::Storage &storage, std::filesystem::path path, std::string job);
    ~LogFile();
    LogFile(const LogFile &) = delete;
    LogFile &operator=(const LogFile &) = delete;

    /// The line is on the disk afterwards, unless the file cannot be written: then each later line is tried
    /// again, and the first that succeeds says how many are missing.
    /// @returns why it cannot be written, for the first missing line only
    std::optional<std::string> write(const Event &event);

    const std::filesystem::path &path() const { return path_; }

  private:
    /// None when the file is full.
    std::string lines_for(const Event &event);
    void append(const std::string &lines);
    void open();

    partitions::Storage &storage_;
    const std::filesystem::path path_;
    const std::string job_;
    std::unique_ptr<partitions::File> file_;
    std::uint64_t bytes_ = 0;
    std::uint64_t missing_lines_ = 0;
    bool said_full_ = false;
};

} // namespace updater::progress
