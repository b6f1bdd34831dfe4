// The empty queue of the health gate, with real mounts in a mount namespace of the test's own child process.
#include "partitions/posix_storage.hpp"
#include "updater/services/gate_queue.hpp"

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <sched.h>
#include <stdexcept>
#include <stdlib.h>
#include <string>
#include <sys/mount.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::services;
namespace fs = std::filesystem;

namespace {

void require(bool condition, const char *what) {
    if (!condition)
        throw std::runtime_error(what);
}

void write(const fs::path &file, const std::string &text) {
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
}

std::string read(const fs::path &file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// As on an appliance the queue is a mount point already. Returns what went wrong, "" if nothing.
std::string with_queue(const std::function<void(const fs::path &queue, const fs::path &folder)> &work) {
    std::string name = "/tmp/gate-queue-test-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr)
        return "no folder";
    const fs::path base = name;
    fs::create_directories(base / "generation");
    fs::create_directories(base / "queue");
    write(base / "shared/deferred/A/A1", "accepted before");
    for (const char *each : {"maildrop", "incoming", "hold"})
        fs::create_directories(base / "shared" / each);
    const fs::path report = base / "report";
    const pid_t child = ::fork();
    if (child == 0) {
        std::string failure;
        try {
            require(::unshare(CLONE_NEWNS) == 0, "a mount namespace: the test must run as root");
            require(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "private mounts");
            require(::mount((base / "shared").c_str(), (base / "queue").c_str(), nullptr, MS_BIND, nullptr) ==
                        0,
                    "the shared place");
            work(base / "queue", base / "generation/gate-queue");
        } catch (const std::exception &error) {
            failure = error.what();
        }
        write(report, failure);
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    const std::string failure =
        status == 0 && fs::exists(report) ? read(report) : "the child did not end well";
    fs::remove_all(base);
    return failure;
}

} // namespace

TEST_GROUP(GateQueue) {
    partitions::PosixStorage storage;
    partitions::KernelMounts mounts;
};

TEST(GateQueue, hides_accepted_mail_until_it_is_taken_off) {
    STRCMP_EQUAL("", with_queue([&](const fs::path &queue, const fs::path &folder) {
                         GateQueue gate(storage, mounts, folder, queue);
                         require(!gate.covers(), "not covered at first");
                         gate.cover();
                         require(gate.covers() && fs::is_empty(queue), "covered by an empty queue");
                         require(gate.uncover() == 0, "nothing to move");
                         require(!gate.covers() && read(queue / "deferred/A/A1") == "accepted before",
                                 "mail is back");
                         require(!fs::exists(folder), "nothing is left of it");
                     }).c_str());
}

TEST(GateQueue, is_taken_off_by_an_agent_that_was_restarted) {
    STRCMP_EQUAL("", with_queue([&](const fs::path &queue, const fs::path &folder) {
                         GateQueue(storage, mounts, folder, queue).cover();
                         GateQueue again(storage, mounts, folder, queue);
                         again.cover();
                         require(again.covers(), "seen by another");
                         again.uncover();
                         again.uncover();
                         require(fs::exists(queue / "deferred/A/A1"), "covered only once");
                     }).c_str());
}

TEST(GateQueue, a_message_written_meanwhile_reaches_the_real_queue) {
    STRCMP_EQUAL("", with_queue([&](const fs::path &queue, const fs::path &folder) {
                         GateQueue gate(storage, mounts, folder, queue);
                         gate.cover();
                         write(queue / "maildrop/M1", "from cron");
                         write(queue / "deferred/B/B1", "undelivered");
                         write(queue / "active/C1", "being delivered");
                         write(queue / "pid/master.pid", "no message");
                         require(gate.uncover() == 3, "three messages");
                         require(read(queue / "maildrop/M1") == "from cron", "maildrop");
                         require(read(queue / "incoming/B1") == "undelivered", "deferred");
                         require(read(queue / "incoming/C1") == "being delivered", "active");
                         require(!fs::exists(queue / "pid"), "nothing else");
                     }).c_str());
}

TEST(GateQueue, a_message_never_replaces_another) {
    STRCMP_EQUAL("", with_queue([&](const fs::path &queue, const fs::path &folder) {
                         write(queue / "incoming/X1", "there before");
                         GateQueue gate(storage, mounts, folder, queue);
                         gate.cover();
                         write(queue / "incoming/X1", "same name");
                         gate.uncover();
                         require(read(queue / "incoming/X1") == "there before", "kept");
                         require(read(queue / "incoming/X10") == "same name", "beside it");
                     }).c_str());
}

TEST(GateQueue, is_taken_off_also_when_somebody_stands_in_it) {
    STRCMP_EQUAL("", with_queue([&](const fs::path &queue, const fs::path &folder) {
                         GateQueue gate(storage, mounts, folder, queue);
                         gate.cover();
                         const std::ofstream open_file(queue / "in-use");
                         require(::chdir(queue.c_str()) == 0, "a shell in the queue");
                         write(queue / "maildrop/M1", "from cron");
                         fs::permissions(queue / "maildrop/M1", fs::perms::owner_all);
                         require(gate.uncover() == 1, "one message");
                         require(!gate.covers() && read(queue / "maildrop/M1") == "from cron",
                                 "mail is back");
                         require(fs::exists(queue / "deferred/A/A1"), "and so is what was there before");
                         require(::chdir("/") == 0, "away");
                     }).c_str());
}

TEST(GateQueue, a_message_that_is_being_written_is_waited_for) {
    STRCMP_EQUAL("", with_queue([&](const fs::path &queue, const fs::path &folder) {
                         GateQueue gate(storage, mounts, folder, queue);
                         gate.cover();
                         fs::create_directory(queue / "maildrop");
                         std::ofstream message(queue / "maildrop/M1");
                         // As postdrop(1) does: executable means complete.
                         std::jthread writer([&] {
                             std::this_thread::sleep_for(std::chrono::milliseconds(300));
                             message << "whole" << std::flush;
                             fs::permissions(folder / "maildrop/M1", fs::perms::owner_all);
                         });
                         require(gate.uncover() == 1, "one message");
                         require(read(queue / "maildrop/M1") == "whole", "all of it");
                     }).c_str());
}
