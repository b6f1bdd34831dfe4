// What every conversion program (hook) shares: its command line, its environment, its progress lines and its
// exit codes. Converts nothing itself. The interface between the updater and the programs is this:
//   NAME convert FROM TO SOURCE-DIR TARGET-DIR
//   stdout "progress PERCENT TEXT" lines; stderr free text for the log, a line
//   that begins with "warning:" or "debug:" at that level;
//   exit 0 done, 75 try again later, anything else failed with the last line of stderr as the reason.
#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace hooks {

/// What a conversion is asked to do. TARGET exists and is empty; SOURCE is a copy made for this conversion.
struct ConversionRequest {
    std::string from_format;
    std::string to_format;
    std::filesystem::path source;
    std::filesystem::path target;
    std::filesystem::path old_root; ///< UPDATE_CONTROL_OLD_ROOT: the old system's image, read-only
    std::filesystem::path new_root; ///< UPDATE_CONTROL_NEW_ROOT: the new system's image, read-only
    std::filesystem::path old_var;  ///< UPDATE_CONTROL_OLD_VAR: /var of the old generation
    std::filesystem::path new_var;  ///< UPDATE_CONTROL_NEW_VAR: /var of the new generation, writable
    bool rehearsal =
        false; ///< UPDATE_CONTROL_REHEARSAL=1: the old system still runs; the result is thrown away
    /// UPDATE_CONTROL_ONLY_SETTINGS=1: a snapshot's settings are converted. old_root has /etc alone, old_var
    /// the folders of snapshot-places alone: what else is missing there says nothing.
    bool only_settings = false;
};

/// The conversion is not possible. The message is the reason that a person reads: what, where, what to do.
class ConversionFailed : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The same call may succeed later without any change (exit code 75).
class TryAgainLater : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Reports progress and remarks of a conversion. Flushes each line, since the reader is a pipe.
class ConversionLog {
  public:
    ConversionLog(std::ostream &progress_lines, std::ostream &log_lines);
    /// percent: 0 to 100; never decreases (a smaller value is shown as the last one).
    void progress(int percent, std::string_view text);
    /// One line for the log; line breaks in it become blanks.
    void note(std::string_view text);

  private:
    std::ostream &progress_lines_;
    std::ostream &log_lines_;
    int percent_ = 0;
};

using Conversion = std::function<void(const ConversionRequest &, ConversionLog &)>;

/// In a table row: any format. A program that merges (etc, var) works between any two releases.
inline constexpr std::string_view any_format = "any";

/// One row per pair of formats that the program can convert; either may be any_format.
struct SupportedConversion {
    std::string_view from_format;
    std::string_view to_format;
    Conversion convert;
};

/// Reads an environment variable, e.g. a wrapper of getenv(3); nullptr when it is not set.
using ReadEnvironment = std::function<const char *(const char *name)>;

/// The main function of a conversion program; returns its exit code. Every exception ends as a non-zero code
/// with its message as the last line of stderr, so that an incomplete target is never taken for a result.
int run_conversion_program(const std::vector<std::string> &arguments, const ReadEnvironment &environment,
                           const std::vector<SupportedConversion> &supported, ConversionLog &log);

/// The same with the arguments, environment and streams of the process.
int run_conversion_program(int argument_count, char **arguments,
                           const std::vector<SupportedConversion> &supported);

} // namespace hooks
