// The file that a bundle is written to. Under its name there is a whole bundle or nothing.
#pragma once

#include "partitions/base/file_descriptor.hpp"

#include <filesystem>

namespace updater::support {

class OutputFile {
  public:
    /// Readable by its owner alone. Throws std::runtime_error, also if something exists at the path.
    explicit OutputFile(std::filesystem::path path);
    OutputFile(const OutputFile &) = delete;
    OutputFile &operator=(const OutputFile &) = delete;
    /// Without finish() it goes away.
    ~OutputFile();

    int number() const { return file_.number(); }
    /// What was written is on the disk, under the name, on return. Throws std::runtime_error.
    void finish();

  private:
    [[noreturn]] void cannot_write(int error) const;

    std::filesystem::path path_;
    partitions::base::FileDescriptor file_;
    bool named_ = false; ///< the file system has no files without a name
    bool finished_ = false;
};

} // namespace updater::support
