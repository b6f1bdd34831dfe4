// posix_spawn and two pipes; see the header.
#include "hooks/programs.hpp"

#include "partitions/base/file_descriptor.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace hooks {

namespace {

void require_done(int error, const std::string &what) {
    if (error != 0)
        throw std::system_error(error, std::generic_category(), what);
}

class SpawnActions {
  public:
    explicit SpawnActions(const std::string &doing) : doing_(doing) {
        require_done(posix_spawn_file_actions_init(&actions_), doing_);
    }
    SpawnActions(const SpawnActions &) = delete;
    SpawnActions &operator=(const SpawnActions &) = delete;
    ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }

    void open_for_reading(int number, const char *path) {
        require_done(posix_spawn_file_actions_addopen(&actions_, number, path, O_RDONLY, 0), doing_);
    }
    void duplicate(int from, int to) {
        require_done(posix_spawn_file_actions_adddup2(&actions_, from, to), doing_);
    }
    const posix_spawn_file_actions_t *get() const { return &actions_; }

  private:
    std::string doing_;
    posix_spawn_file_actions_t actions_{};
};

struct Pipe {
    partitions::base::FileDescriptor reading;
    partitions::base::FileDescriptor writing;

    explicit Pipe(const std::string &doing) {
        int ends[2] = {-1, -1};
        require_done(pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno, doing);
        reading = partitions::base::FileDescriptor(ends[0]);
        writing = partitions::base::FileDescriptor(ends[1]);
    }
};

// false: end of output.
bool read_some(int descriptor, std::string &text, const std::string &doing) {
    std::array<char, 65536> buffer{};
    const ssize_t length = ::read(descriptor, buffer.data(), buffer.size());
    if (length < 0 && errno != EINTR)
        throw std::system_error(errno, std::generic_category(), doing);
    if (length > 0)
        text.append(buffer.data(), static_cast<std::size_t>(length));
    return length != 0;
}

// Both at once: a program that fills one pipe would block forever while only the other is read.
void read_both(const Pipe &output, const Pipe &errors, ProgramResult &result, const std::string &doing) {
    bool output_open = true;
    bool errors_open = true;
    while (output_open || errors_open) {
        std::array<pollfd, 2> waiting = {pollfd{output_open ? output.reading.number() : -1, POLLIN, 0},
                                         pollfd{errors_open ? errors.reading.number() : -1, POLLIN, 0}};
        if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR)
            throw std::system_error(errno, std::generic_category(), doing);
        if (waiting[0].revents != 0)
            output_open = read_some(output.reading.number(), result.output, doing);
        if (waiting[1].revents != 0)
            errors_open = read_some(errors.reading.number(), result.errors, doing);
    }
}

int wait_for(pid_t process, const std::string &doing) {
    int status = 0;
    while (waitpid(process, &status, 0) < 0)
        if (errno != EINTR)
            throw std::system_error(errno, std::generic_category(), doing);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace

bool SpawnedPrograms::has(const std::filesystem::path &program) const {
    return ::access(program.c_str(), X_OK) == 0;
}

ProgramResult SpawnedPrograms::run(const std::filesystem::path &program,
                                   const std::vector<std::string> &arguments) {
    const std::string doing = "run " + program.string();
    Pipe output(doing);
    Pipe errors(doing);
    SpawnActions actions(doing);
    actions.open_for_reading(0, "/dev/null");
    actions.duplicate(output.writing.number(), 1);
    actions.duplicate(errors.writing.number(), 2);

    std::vector<std::string> texts = {program.string()};
    texts.insert(texts.end(), arguments.begin(), arguments.end());
    std::vector<char *> pointers;
    for (std::string &text : texts)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    std::string path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    std::string language = "LC_ALL=C";
    std::array<char *, 3> environment = {path.data(), language.data(), nullptr};
    pid_t process = 0;
    require_done(
        posix_spawn(&process, program.c_str(), actions.get(), nullptr, pointers.data(), environment.data()),
        doing);
    output.writing = partitions::base::FileDescriptor();
    errors.writing = partitions::base::FileDescriptor();
    ProgramResult result;
    read_both(output, errors, result, doing);
    result.exit_code = wait_for(process, doing);
    return result;
}

} // namespace hooks
