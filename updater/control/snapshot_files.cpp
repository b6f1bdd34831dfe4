#include "updater/control/snapshot_files.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <string_view>
#include <sys/mman.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

namespace updater::control {

using partitions::base::FileDescriptor;

namespace {

constexpr std::size_t max_secret_bytes = 64UL * 1024;
constexpr std::size_t max_input_bytes = 256UL * 1024 * 1024;

[[noreturn]] void fail_with_file(const std::string &what, const std::string &path) {
    throw std::runtime_error(what + " " + path + ": " + std::strerror(errno));
}

FileDescriptor file_in_memory() {
    FileDescriptor file(memfd_create("snapshot", MFD_CLOEXEC));
    if (!file.valid())
        fail_with_file("cannot make a file", "in memory");
    return file;
}

FileDescriptor open_file(const std::string &path, int flags) {
    FileDescriptor file(::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY, 0600));
    if (!file.valid())
        fail_with_file("cannot open", path);
    return file;
}

/// Calls `take` with each piece, up to the end or the bound.
template <typename Take>
void read_pieces(int file, const std::string &path, std::size_t max_bytes, const Take &take) {
    std::array<char, 65536> buffer{};
    for (std::size_t total = 0;;) {
        const ssize_t got = ::read(file, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            fail_with_file("cannot read", path);
        if (got == 0)
            return;
        total += static_cast<std::size_t>(got);
        if (total > max_bytes)
            throw std::runtime_error(path + " has more than " + std::to_string(max_bytes) + " bytes");
        take(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
    }
}

void write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t put = ::write(file, bytes.data(), bytes.size());
        if (put < 0 && errno != EINTR)
            fail_with_file("cannot write", "to memory");
        bytes.remove_prefix(static_cast<std::size_t>(put < 0 ? 0 : put));
    }
}

std::string without_line_break(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.pop_back();
    return text;
}

/// While it lives, the terminal doesn't show what is typed.
class SilentTerminal {
  public:
    explicit SilentTerminal(int terminal) : terminal_(terminal) {
        if (tcgetattr(terminal_, &before_) != 0)
            fail_with_file("cannot ask at", "the terminal");
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        if (tcsetattr(terminal_, TCSAFLUSH, &silent) != 0)
            fail_with_file("cannot ask at", "the terminal");
    }
    ~SilentTerminal() { tcsetattr(terminal_, TCSAFLUSH, &before_); }
    SilentTerminal(const SilentTerminal &) = delete;
    SilentTerminal &operator=(const SilentTerminal &) = delete;

  private:
    int terminal_;
    termios before_{};
};

std::string ask_once(int terminal, std::string_view question) {
    write_all(terminal, question);
    std::string line;
    const SilentTerminal silent(terminal);
    for (char letter = 0; ::read(terminal, &letter, 1) == 1 && letter != '\n';)
        if (line.size() < max_secret_bytes)
            line += letter;
    write_all(terminal, "\n");
    return line;
}

} // namespace

ExportFile::ExportFile(const std::string &path)
    : path_(path),
      file_(path == "-" ? file_in_memory() : open_file(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW)) {}

ExportFile::~ExportFile() {
    if (!kept_ && !is_output())
        ::unlink(path_.c_str());
}

void ExportFile::keep(std::ostream &output) {
    kept_ = true;
    if (!is_output())
        return;
    if (lseek(number(), 0, SEEK_SET) != 0)
        fail_with_file("cannot read", "the file in memory");
    read_pieces(number(), "the snapshot", SIZE_MAX, [&output](std::string_view piece) {
        output.write(piece.data(), static_cast<std::streamsize>(piece.size()));
    });
    output.flush();
    if (!output)
        throw std::runtime_error("the snapshot could not be written to the standard output");
}

FileDescriptor open_to_import(const std::string &path) {
    if (path != "-")
        return open_file(path, O_RDONLY);
    FileDescriptor memory = file_in_memory();
    read_pieces(STDIN_FILENO, "the standard input", max_input_bytes,
                [&memory](std::string_view piece) { write_all(memory.number(), piece); });
    return memory;
}

std::string read_secret_file(const std::string &path, const char *what) {
    std::string text;
    const FileDescriptor file = open_file(path, O_RDONLY);
    read_pieces(file.number(), path, max_secret_bytes, [&text](std::string_view piece) { text += piece; });
    text = without_line_break(std::move(text));
    if (text.empty())
        throw std::runtime_error(path + " holds no " + what);
    return text;
}

std::string ask_for_password(bool again) {
    const FileDescriptor terminal = open_file("/dev/tty", O_RDWR);
    std::string password = ask_once(terminal.number(), "Password of the snapshot: ");
    if (password.empty())
        throw std::runtime_error("the password is empty");
    if (again && ask_once(terminal.number(), "Once more: ") != password)
        throw std::runtime_error("the two passwords differ");
    return password;
}

} // namespace updater::control
