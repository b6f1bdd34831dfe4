// Fetching, making and writing at the same time: nothing is lost, the memory stays bounded, every failure
// ends the pipeline, and no thread waits for ever.
#include "updater/install/pipeline.hpp"

#include "updater/cancelled.hpp"
#include "updater/install/chunk_not_made.hpp"
#include "updater/install/task_queue.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::install;

namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1024} * 1024;

/// A firmware whose every byte is the number of its mebibyte.
class NumberedBytes : public firmware::ByteSource {
  public:
    void read(std::span<const firmware::ByteRange> ranges, const Sink &sink,
              const std::stop_token &stop) override {
        ++reads_;
        for (firmware::ByteRange rest : ranges)
            while (!rest.empty()) {
                if (stop.stop_requested())
                    throw Cancelled();
                const std::uint64_t number = rest.offset_bytes / mebibyte;
                const std::vector<std::byte> piece(
                    std::min(rest.length_bytes, (number + 1) * mebibyte - rest.offset_bytes),
                    static_cast<std::byte>(number));
                fetched_bytes_ += piece.size();
                sink(rest.offset_bytes, piece);
                rest = rest.without_first(piece.size());
            }
    }
    std::uint64_t fetched_bytes() const override { return fetched_bytes_; }
    const std::string &name() const override { return name_; }
    int reads() const { return reads_; }

  private:
    std::string name_ = "numbered bytes";
    int reads_ = 0;
    std::atomic<std::uint64_t> fetched_bytes_ = 0;
};

/// One for each chunk, of 1 MiB each but for the last, which needs no bytes.
std::vector<ChunkTask> tasks_for(std::size_t chunks) {
    std::vector<ChunkTask> tasks;
    for (std::size_t chunk = 0; chunk < chunks; ++chunk)
        tasks.push_back(
            {.chunk = chunk, .how = ChunkTask::How::whole, .ranges = {{chunk * mebibyte, mebibyte}}});
    tasks.back().ranges.clear();
    return tasks;
}

const FailureLimits no_limits{.max_without_success = 1000, .max = 1000};

} // namespace

TEST_GROUP(Pipeline) {
    NumberedBytes source;
    std::vector<ChunkTask> tasks = tasks_for(40);
    std::mutex mutex;
    std::vector<std::size_t> written; ///< chunks, in this order

    void note_written(const ChunkTask &task) {
        const std::lock_guard lock(mutex);
        written.push_back(task.chunk);
    }

    std::vector<ChunkWorker> workers(
        std::size_t count, const std::function<void(const ChunkTask &, std::span<const std::byte>)> &make) {
        return std::vector<ChunkWorker>(
            count, {.make = make, .write = [this](const ChunkTask &task) { note_written(task); }});
    }

    std::set<std::size_t> written_chunks() const {
        return {written.begin(), written.end()};
    }
};

TEST(Pipeline, gives_each_task_the_bytes_of_its_ranges) {
    std::atomic<int> wrong = 0;
    const auto check = [&](const ChunkTask &task, std::span<const std::byte> fetched) {
        if (fetched.size() != firmware::total_bytes(task.ranges) ||
            !std::ranges::all_of(fetched,
                                 [&](std::byte each) { return each == static_cast<std::byte>(task.chunk); }))
            ++wrong;
    };
    std::vector<std::size_t> reported;
    const auto result =
        run_pipeline(source, tasks, workers(4, check), {.ordered = false, .limits = no_limits},
                     {.chunk_written = [&](const ChunkTask &task) { reported.push_back(task.chunk); }}, {});
    CHECK_EQUAL(0, wrong.load());
    CHECK_TRUE(result.failed.empty());
    CHECK_EQUAL(40U, written_chunks().size());
    CHECK_EQUAL(40U, reported.size());
    CHECK_EQUAL(1, source.reads());
}

TEST(Pipeline, fetches_again_from_where_the_ranges_descend) {
    std::ranges::reverse(tasks);
    std::ranges::sort(tasks.begin(), tasks.begin() + 20, {}, &ChunkTask::chunk);
    std::ranges::sort(tasks.begin() + 20, tasks.end(), {}, &ChunkTask::chunk);
    run_pipeline(source, tasks, workers(2, [](const auto &, const auto &) {}),
                 {.ordered = false, .limits = no_limits}, {}, {});
    CHECK_EQUAL(2, source.reads());
    CHECK_EQUAL(40U, written_chunks().size());
}

TEST(Pipeline, an_ordered_one_writes_a_chunk_after_all_earlier_ones_were_made) {
    std::set<std::size_t> made;
    std::atomic<int> too_early = 0;
    const auto make = [&](const ChunkTask &task, std::span<const std::byte>) {
        std::this_thread::sleep_for(std::chrono::milliseconds(task.chunk % 3));
        const std::lock_guard lock(mutex);
        made.insert(task.chunk);
    };
    const auto write = [&](const ChunkTask &task) {
        const std::lock_guard lock(mutex);
        for (std::size_t earlier = 0; earlier < task.chunk; ++earlier)
            too_early += made.contains(earlier) ? 0 : 1;
    };
    run_pipeline(source, tasks, std::vector<ChunkWorker>(4, {.make = make, .write = write}),
                 {.ordered = true, .limits = no_limits}, {}, {});
    CHECK_EQUAL(0, too_early.load());
}

TEST(Pipeline, a_chunk_that_cannot_be_made_is_reported_and_the_rest_written) {
    const auto make = [](const ChunkTask &task, std::span<const std::byte>) {
        if (task.chunk == 7 || task.chunk == 30)
            throw ChunkNotMade("damaged");
    };
    for (const bool ordered : {false, true}) {
        written.clear();
        const auto result =
            run_pipeline(source, tasks, workers(3, make), {.ordered = ordered, .limits = no_limits}, {}, {});
        CHECK_TRUE((result.failed == ChunkNumbers{7, 30}));
        STRCMP_EQUAL("damaged", result.reason.c_str());
        CHECK_EQUAL(38U, written_chunks().size());
    }
}

TEST(Pipeline, gives_up_after_a_few_chunks_if_none_can_be_made) {
    const auto make = [](const ChunkTask &, std::span<const std::byte>) { throw ChunkNotMade("wrong base"); };
    const auto result =
        run_pipeline(source, tasks, workers(3, make),
                     {.ordered = true, .limits = {.max_without_success = 4, .max = 1000}}, {}, {});
    CHECK_EQUAL(40U, result.failed.size());
    CHECK_TRUE(source.fetched_bytes() < 20 * mebibyte);
}

TEST(Pipeline, throws_the_failure_of_whatever_fails) {
    for (const bool ordered : {false, true}) {
        const PipelineSettings settings{.ordered = ordered, .limits = no_limits};
        const auto nothing = [](const ChunkTask &, std::span<const std::byte>) {};
        const auto broken_make = [](const ChunkTask &task, std::span<const std::byte>) {
            if (task.chunk == 5)
                throw std::runtime_error("pace");
        };
        const auto broken_write = [](const ChunkTask &task) {
            if (task.chunk == 5)
                throw std::runtime_error("disk");
        };
        CHECK_THROWS(std::runtime_error,
                     run_pipeline(source, tasks, workers(3, broken_make), settings, {}, {}));
        CHECK_THROWS(std::runtime_error,
                     run_pipeline(source, tasks,
                                  std::vector<ChunkWorker>(3, {.make = nothing, .write = broken_write}),
                                  settings, {}, {}));
        CHECK_THROWS(
            std::runtime_error,
            run_pipeline(source, tasks, workers(3, nothing), settings,
                         {.chunk_written = [](const ChunkTask &) { throw std::runtime_error("report"); }},
                         {}));
    }
}

TEST(Pipeline, nobody_waits_for_a_task_that_failed_after_the_rest_was_given_up) {
    // The second task waits for its turn until the first one, which fails only then, has read.
    for (int round = 0; round < 20; ++round) {
        std::atomic<bool> given_up = false;
        const auto make = [&](const ChunkTask &task, std::span<const std::byte>) {
            if (task.chunk == 0) {
                while (!given_up)
                    std::this_thread::yield();
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
                throw Cancelled();
            }
            if (task.chunk == 2) {
                given_up = true;
                throw ChunkNotMade("damaged");
            }
        };
        const auto result =
            run_pipeline(source, tasks, workers(3, make),
                         {.ordered = true, .limits = {.max_without_success = 1, .max = 1}}, {}, {});
        CHECK_TRUE(result.failed.size() >= 39);
    }
}

TEST(Pipeline, stops_when_a_report_asks_for_it) {
    std::stop_source stop;
    const PipelineReports reports{.chunk_written = [&](const ChunkTask &) { stop.request_stop(); }};
    CHECK_THROWS(Cancelled, run_pipeline(source, tasks, workers(3, [](const auto &, const auto &) {}),
                                         {.ordered = false, .limits = no_limits}, reports, stop.get_token()));
}

TEST_GROUP(TaskQueue) {
    TaskQueue queue;

    void push(std::size_t number, std::size_t length_bytes) {
        auto buffer = queue.take_buffer(length_bytes);
        CHECK_TRUE(buffer != nullptr);
        queue.push({number, std::move(buffer), length_bytes});
    }
};

TEST(TaskQueue, makes_fetching_wait_while_its_memory_is_used) {
    push(0, 4 * mebibyte);
    push(1, 3 * mebibyte);
    std::atomic<bool> taken = false;
    std::jthread fetching([&] { taken = queue.take_buffer(1) != nullptr; });
    auto first = queue.pop();
    CHECK_EQUAL(0U, first->number);
    CHECK_FALSE(taken); // the worker has it: its memory is still used
    queue.give_back(std::move(*first));
    fetching.join();
    CHECK_TRUE(taken);
}

TEST(TaskQueue, takes_a_buffer_larger_than_its_bound_when_it_is_the_only_one) {
    push(0, 20 * mebibyte);
    CHECK_EQUAL(20 * mebibyte, queue.pop()->length_bytes);
}

TEST(TaskQueue, hands_out_what_is_left_after_it_was_closed) {
    push(3, 0);
    queue.close();
    CHECK_EQUAL(3U, queue.pop()->number);
    CHECK_FALSE(queue.pop().has_value());
}

TEST(TaskQueue, lets_nobody_wait_once_it_was_abandoned) {
    push(0, 7 * mebibyte);
    std::jthread abandoning([&] { queue.abandon(); });
    CHECK_TRUE(queue.take_buffer(mebibyte) == nullptr);
    CHECK_FALSE(queue.pop().has_value());
}
