// When the queue is run and listed, and what is known of it.
#include "updater/cancelled.hpp"
#include "updater/node/queue_watch.hpp"

#include <semaphore>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::node;

TEST_GROUP(QueueWatch) {
    int runs = 0;
    int changes = 0;
    std::uint64_t length = 2;
    std::size_t connections = 0;
    std::string list_fails;
    std::string run_fails;
    QueueWatch watch{{.run =
                          [this](const std::stop_token &) {
                              ++runs;
                              if (!run_fails.empty())
                                  throw ProgramFailed(run_fails);
                          },
                      .list =
                          [this](const std::stop_token &) {
                              if (!list_fails.empty())
                                  throw ProgramFailed(list_fails);
                              return QueueListing{length, {}};
                          },
                      .connections = [this] { return connections; }},
                     [] { return std::chrono::system_clock::now(); },
                     [this] { ++changes; }};
};

TEST(QueueWatch, runs_the_queue_at_first_and_again_after_many_looks) {
    watch.look({});
    CHECK_EQUAL(1, runs);
    for (int look = 1; look < QueueWatch::looks_for_one_run; ++look)
        watch.look({});
    CHECK_EQUAL(1, runs);
    watch.look({});
    CHECK_EQUAL(2, runs);
}

TEST(QueueWatch, is_empty_only_without_messages_and_without_senders) {
    CHECK_FALSE(watch.state().is_empty()); // nobody has looked yet
    watch.look({});
    CHECK_FALSE(watch.state().is_empty());
    length = 0;
    connections = 1;
    watch.look({});
    CHECK_FALSE(watch.state().is_empty());
    connections = 0;
    watch.look({});
    CHECK_TRUE(watch.state().is_empty());
    CHECK_EQUAL(3, changes);
}

TEST(QueueWatch, what_cannot_be_listed_is_not_empty_and_the_reason_is_known) {
    length = 0;
    list_fails = "Postfix is away";
    watch.look({});
    CHECK_FALSE(watch.state().is_empty());
    STRCMP_EQUAL("Postfix is away", watch.state().problem.c_str());
    CHECK_TRUE(watch.state().looked.has_value());
}

TEST(QueueWatch, what_cannot_be_run_is_listed_all_the_same) {
    run_fails = "no flush";
    watch.look({});
    LONGS_EQUAL(2, watch.state().listing->length);
    STRCMP_EQUAL("no flush", watch.state().problem.c_str());
}

TEST(QueueWatch, forgetting_ends_a_program_that_runs) {
    std::counting_semaphore<> running{0};
    std::counting_semaphore<> ended{0};
    QueueWatch watched{{.run =
                            [&](const std::stop_token &stop) {
                                const std::stop_callback told(stop, [&ended] { ended.release(); });
                                running.release();
                                ended.acquire();
                                throw Cancelled();
                            },
                        .list = [](const std::stop_token &) { return QueueListing{}; },
                        .connections = [] { return std::size_t{0}; }},
                       [] { return std::chrono::system_clock::now(); },
                       [] {}};
    watched.begin(std::chrono::seconds(0));
    running.acquire();
    watched.forget();
    watched.end();
    CHECK_FALSE(watched.state().looked.has_value());
}

TEST(QueueWatch, its_thread_looks_at_once_and_knows_nothing_after_its_end) {
    std::counting_semaphore<> looked{0};
    QueueWatch asked{{.run = [](const std::stop_token &) {},
                      .list = [](const std::stop_token &) { return QueueListing{}; },
                      .connections = [] { return std::size_t{0}; }},
                     [] { return std::chrono::system_clock::now(); },
                     [&looked] { looked.release(); }};
    asked.begin(std::chrono::seconds(0));
    looked.acquire();
    asked.begin(std::chrono::seconds(0));
    looked.acquire();
    asked.forget();
    CHECK_FALSE(asked.state().looked.has_value());
    asked.begin(std::chrono::seconds(0));
    looked.acquire();
    asked.end();
    CHECK_FALSE(asked.state().looked.has_value());
}
