// SIGTERM as a stop token, in a process of its own so that the signal concerns no other test.
#include "partitions/base/termination.hpp"

#include <chrono>
#include <csignal>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <CppUTest/TestHarness.h>

using namespace partitions::base;

namespace {

// Runs the work in a child process and returns its exit code.
template <typename Work> int in_child(const Work &work) {
    const pid_t child = fork();
    if (child == 0)
        _exit(work());
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace

TEST_GROUP(Termination){};

TEST(Termination, each_of_the_two_signals_asks_to_stop) {
    for (const int signal : {SIGTERM, SIGINT})
        CHECK_EQUAL(42, in_child([signal] {
                        const Termination termination;
                        const std::stop_token token = termination.token();
                        if (token.stop_requested())
                            return 1;
                        kill(getpid(), signal);
                        for (int round = 0; round < 500 && !token.stop_requested(); ++round)
                            std::this_thread::sleep_for(std::chrono::milliseconds(10));
                        return token.stop_requested() ? 42 : 2;
                    }));
}

TEST(Termination, without_a_signal_nothing_is_stopped) {
    CHECK_EQUAL(42, in_child([] {
                    std::stop_token token;
                    {
                        const Termination termination;
                        token = termination.token();
                    }
                    return token.stop_requested() ? 1 : 42;
                }));
}
