// The files of --snapshot export and import: opened with the rights of whoever calls the program, and handed
// to the agent. Knows nothing of what is in them.
#pragma once

#include "partitions/base/file_descriptor.hpp"

#include <ostream>
#include <string>

namespace updater::control {

/// A new file that only its owner can read, or for "-" one in memory.
class ExportFile {
  public:
    /// Throws std::runtime_error, also if it exists.
    explicit ExportFile(const std::string &path);
    ExportFile(const ExportFile &) = delete;
    ExportFile &operator=(const ExportFile &) = delete;
    /// Removes it unless it was kept.
    ~ExportFile();

    int number() const { return file_.number(); }
    bool is_output() const { return path_ == "-"; }
    /// The export succeeded. What is in memory goes to `output`.
    void keep(std::ostream &output);

  private:
    std::string path_;
    partitions::base::FileDescriptor file_;
    bool kept_ = false;
};

/// For reading; what "-" (the standard input) gives is read into memory first. Throws std::runtime_error.
partitions::base::FileDescriptor open_to_import(const std::string &path);

/// The whole file, without the line break at its end. Throws std::runtime_error, also if it is empty.
std::string read_secret_file(const std::string &path, const char *what);

/// Asks at the terminal, without showing what is typed; twice if `again`. Throws std::runtime_error.
std::string ask_for_password(bool again);

} // namespace updater::control
