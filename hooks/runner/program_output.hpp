// What a hook writes: both outputs as pipes, read without blocking and cut into lines. Starts nothing.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "hooks/runner/line_reader.hpp"
#include "hooks/runner/unit_description.hpp"
#include "partitions/base/file_descriptor.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace hooks::runner {

/// One of them. Throws HookRunnerError.
class Output {
  public:
    explicit Output(std::function<void(std::string_view)> on_line);

    int program_end() const { return write_.number(); }
    void close_program_end() { write_ = partitions::base::FileDescriptor(); }
    int our_end() const { return read_.number(); } ///< -1 after its end

    /// Reads what is there now.
    void read_available();
    /// Reads the rest.
    void finish();

  private:
    partitions::base::FileDescriptor read_;
    partitions::base::FileDescriptor write_;
    LineReader lines_;
};

/// Hands on the lines, and keeps the last one of stderr, which gives the reason of a failure. Throws
/// HookRunnerError.
class ProgramOutput {
  public:
    /// Both functions outlive this object.
    ProgramOutput(const OnProgress &on_progress, const OnLine &on_line);
    ProgramOutput(const ProgramOutput &) = delete;
    ProgramOutput &operator=(const ProgramOutput &) = delete;

    OutputDescriptors program_ends() const {
        return {standard_output_.program_end(), standard_error_.program_end()};
    }
    OutputDescriptors our_ends() const { return {standard_output_.our_end(), standard_error_.our_end()}; }

    /// Only the program may hold the write ends, otherwise end of file would never be reached.
    void close_program_ends();
    void read_available();
    void finish();
    const std::string &last_error_line() const { return last_error_line_; }

  private:
    Output standard_output_;
    Output standard_error_;
    std::string last_error_line_;
};

} // namespace hooks::runner
