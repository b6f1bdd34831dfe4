// The lock that holds content updates back, with the command that content updaters use.
#include "tests/support/temporary_folder.hpp"
#include "updater/content/content_lock.hpp"

#include <cstdlib>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>

#include <CppUTest/TestHarness.h>

using namespace updater::content;

TEST_GROUP(ContentLock) {
    TemporaryFolder folder;
    std::chrono::system_clock::time_point now{std::chrono::hours(1)};
    ContentLock lock{folder / "run/content.lock", [this] { return now; }};

    /// The exit status of the command as a content updater calls it.
    int with_content_lock(const std::string &command) const {
        const std::string line = "UPDATE_CONTROL_RUN=" + (folder / "run").string() +
                                 " " CONTENT_LOCK_COMMAND " " + command + " 2>" + (folder / "said").string();
        return WEXITSTATUS(std::system(line.c_str()));
    }
    std::string said() const {
        std::ifstream file(folder / "said");
        return {std::istreambuf_iterator<char>(file), {}};
    }
};

TEST(ContentLock, holds_updates_back_until_it_is_released) {
    CHECK_FALSE(lock.held_since().has_value());
    LONGS_EQUAL(0, with_content_lock("true"));
    CHECK(lock.try_hold());
    CHECK(lock.held_since() == now);
    LONGS_EQUAL(75, with_content_lock("touch " + (folder / "changed").string()));
    CHECK_FALSE(std::filesystem::exists(folder / "changed"));
    STRCMP_CONTAINS("held back while an upgrade", said().c_str());
    CHECK(lock.try_hold()); // also again
    lock.release();
    CHECK_FALSE(lock.held_since().has_value());
    LONGS_EQUAL(0, with_content_lock("touch " + (folder / "changed").string()));
    CHECK(std::filesystem::exists(folder / "changed"));
}

TEST(ContentLock, is_not_given_while_an_update_runs_and_is_when_that_has_ended) {
    ContentLock upgrade(folder / "run/content.lock", [this] { return now; });
    // Two updates may run at once; the second asks for the lock on behalf of an upgrade.
    LONGS_EQUAL(7, with_content_lock("sh -c 'UPDATE_CONTROL_RUN=" + (folder / "run").string() +
                                     " " CONTENT_LOCK_COMMAND " true && ! flock --nonblock " +
                                     (folder / "run/content.lock").string() + " true && exit 7'"));
    CHECK(upgrade.try_hold());
    CHECK_FALSE(lock.try_hold());
}

TEST(ContentLock, does_not_stay_with_what_an_update_leaves_running) {
    LONGS_EQUAL(0, with_content_lock("sh -c 'sleep 30 >/dev/null 2>&1 & echo $! >" +
                                     (folder / "pid").string() + "'"));
    CHECK(lock.try_hold());
    LONGS_EQUAL(0, std::system(("kill $(cat " + (folder / "pid").string() + ")").c_str()));
}

TEST(ContentLock, ends_with_the_process_that_has_it) {
    {
        ContentLock of_an_agent_that_ends(folder / "run/content.lock", [this] { return now; });
        CHECK(of_an_agent_that_ends.try_hold());
        CHECK_FALSE(lock.try_hold());
    }
    CHECK(lock.try_hold());
}

TEST(ContentLock, is_for_root_only_and_the_command_passes_on_how_an_update_ended) {
    LONGS_EQUAL(42, with_content_lock("sh -c 'exit 42'"));
    LONGS_EQUAL(2, with_content_lock(""));
    struct stat status {};
    LONGS_EQUAL(0, ::stat((folder / "run/content.lock").c_str(), &status));
    LONGS_EQUAL(0600, status.st_mode & 07777);
}

TEST(ContentLock, is_not_needed_to_hold_updates_back_from_a_system_on_trial) {
    std::filesystem::create_directories(folder / "run");
    std::ofstream(folder / "run/on-trial").close();
    LONGS_EQUAL(75, with_content_lock("true"));
}

TEST(ContentLock, says_why_it_cannot_be_had) {
    std::ofstream(folder / "run").close();
    CHECK_THROWS(std::system_error, lock.try_hold());
}
