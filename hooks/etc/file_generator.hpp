// Makes one file of /etc by a program of the new image, which works in a temporary folder: only its result
// gets into /etc. Does not know which files there are to make.
#pragma once

#include "hooks/etc/etc_work.hpp"
#include "hooks/programs.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace hooks::etc {

struct GeneratedFile {
    std::filesystem::path relative;
    std::string by_hand; ///< the command that makes it
    std::string reason;  ///< "from …", "for …"
};

class FileGenerator {
  public:
    /// Both outlive this object.
    FileGenerator(EtcWork &work, Programs &programs) : work_(work), programs_(programs) {}

    /// Works in the folder `scratch` and returns what it made there.
    using Make = std::function<std::filesystem::path(const std::filesystem::path &scratch)>;
    /// Puts what `make` makes in the place of the file. A failure of it does not end the conversion: the
    /// report says that the file is out of date, and how to make it.
    void generate(const GeneratedFile &file, const Make &make);
    void report_old(const std::filesystem::path &relative, const std::string &reason);

    // For `make`.

    /// Throws ConversionFailed if the program is not there or fails.
    void run(const std::filesystem::path &program, const std::vector<std::string> &arguments);
    void copy_file(const std::filesystem::path &from, const std::filesystem::path &to);
    /// If it is a file.
    void copy_into(const std::filesystem::path &folder, const std::filesystem::path &file);

  private:
    EtcWork &work_;
    Programs &programs_;
};

} // namespace hooks::etc
