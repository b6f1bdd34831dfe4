// Runs diff3 without a shell and reads what it prints; see the header.
#include "hooks/etc/text_merge.hpp"

#include "hooks/conversion_program.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hooks {

namespace {

// A file descriptor that is closed when it goes. Only for pipes that are read: no close result is lost that
// matters.
class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    ~Descriptor() { close_now(); }
    int number() const { return number_; }
    void close_now() {
        if (number_ >= 0)
            ::close(number_);
        number_ = -1;
    }

  private:
    int number_;
};

void check(int error, const char *what) {
    if (error != 0)
        throw std::system_error(error, std::generic_category(), what);
}

class SpawnActions {
  public:
    SpawnActions() { check(posix_spawn_file_actions_init(&actions_), "prepare to run diff3"); }
    SpawnActions(const SpawnActions &) = delete;
    SpawnActions &operator=(const SpawnActions &) = delete;
    ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }
    posix_spawn_file_actions_t *get() { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_{};
};

std::string read_to_end(int descriptor) {
    std::string text;
    std::array<char, 65536> buffer{};
    for (;;) {
        const ssize_t length = ::read(descriptor, buffer.data(), buffer.size());
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            throw std::system_error(errno, std::generic_category(), "read what diff3 prints");
        if (length == 0)
            return text;
        text.append(buffer.data(), static_cast<std::size_t>(length));
    }
}

int wait_for(pid_t process) {
    int status = 0;
    while (waitpid(process, &status, 0) < 0)
        if (errno != EINTR)
            throw std::system_error(errno, std::generic_category(), "wait for diff3");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace

TextMerge merge_texts(const std::filesystem::path &base, const std::filesystem::path &mine,
                      const std::filesystem::path &theirs) {
    int ends[2] = {-1, -1};
    check(pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno, "make a pipe for diff3");
    Descriptor reading(ends[0]);
    Descriptor writing(ends[1]);
    SpawnActions actions;
    check(posix_spawn_file_actions_addopen(actions.get(), 0, "/dev/null", O_RDONLY, 0),
          "prepare to run diff3");
    check(posix_spawn_file_actions_adddup2(actions.get(), writing.number(), 1), "prepare to run diff3");

    // -E with -m: a change that both sides made alike is no conflict (the default would show it as one).
    std::array<std::string, 7> texts = {"diff3",       "-E",          "-m",           "--",
                                        mine.string(), base.string(), theirs.string()};
    std::array<char *, 8> arguments{};
    for (std::size_t i = 0; i < texts.size(); ++i)
        arguments[i] = texts[i].data();
    std::string path = "PATH=/usr/bin:/bin";
    std::string language = "LC_ALL=C";
    std::array<char *, 3> environment = {path.data(), language.data(), nullptr};
    pid_t process = 0;
    check(
        posix_spawn(&process, "/usr/bin/diff3", actions.get(), nullptr, arguments.data(), environment.data()),
        "run /usr/bin/diff3");
    writing.close_now();
    TextMerge merge;
    merge.text = read_to_end(reading.number());
    const int exit_code = wait_for(process);
    if (exit_code != 0 && exit_code != 1)
        throw ConversionFailed("diff3 could not compare " + mine.string() + " with " + base.string() +
                               " and " + theirs.string() + " (exit code " + std::to_string(exit_code) + ")");
    merge.clean = exit_code == 0;
    if (!merge.clean)
        merge.text.clear();
    return merge;
}

} // namespace hooks
