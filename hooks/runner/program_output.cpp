#include "hooks/runner/program_output.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <utility>

namespace hooks::runner {

Output::Output(std::function<void(std::string_view)> on_line) : lines_(std::move(on_line)) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        throw HookRunnerError(std::string("cannot make a pipe for a hook's output: ") + strerror(errno));
    read_ = partitions::base::FileDescriptor(ends[0]);
    write_ = partitions::base::FileDescriptor(ends[1]);
    // Only our end: the program expects an ordinary blocking stdout.
    if (::fcntl(read_.number(), F_SETFL, O_NONBLOCK) != 0)
        throw HookRunnerError(std::string("cannot prepare the pipe for a hook's output: ") + strerror(errno));
}

void Output::read_available() {
    std::array<char, 16384> buffer{};
    while (read_.number() >= 0) {
        const ssize_t count = ::read(read_.number(), buffer.data(), buffer.size());
        if (count > 0)
            lines_.add({buffer.data(), static_cast<std::size_t>(count)});
        else if (count == 0)
            read_ = partitions::base::FileDescriptor();
        else if (errno == EAGAIN)
            return;
        else if (errno != EINTR)
            throw HookRunnerError(std::string("cannot read a hook's output: ") + strerror(errno));
    }
}

void Output::finish() {
    read_available();
    lines_.finish();
}

ProgramOutput::ProgramOutput(const OnProgress &on_progress, const OnLine &on_line)
    : standard_output_([&on_progress, &on_line](std::string_view line) {
          if (const auto progress = parse_progress(line))
              on_progress(progress->percent, progress->text);
          else
              on_line(line);
      }),
      standard_error_([this, &on_line](std::string_view line) {
          if (line.find_first_not_of(" \t") != std::string_view::npos)
              last_error_line_ = line;
          on_line(line);
      }) {}

void ProgramOutput::close_program_ends() {
    standard_output_.close_program_end();
    standard_error_.close_program_end();
}

void ProgramOutput::read_available() {
    standard_output_.read_available();
    standard_error_.read_available();
}

void ProgramOutput::finish() {
    standard_output_.finish();
    standard_error_.finish();
}

} // namespace hooks::runner
