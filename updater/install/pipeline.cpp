// Three objects connect the threads, each with a lock of its own: the queue, the order of writing, and the
// outcomes. None of them calls anything while it is locked, so they can be used from any callback.
#include "updater/install/pipeline.hpp"

#include "updater/cancelled.hpp"
#include "updater/install/chunk_not_made.hpp"
#include "updater/install/task_fetch.hpp"
#include "updater/install/task_queue.hpp"
#include "updater/install/write_order.hpp"

#include <chrono>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

namespace updater::install {

namespace {

/// Programs that show the progress ask for it twice a second.
constexpr std::chrono::milliseconds between_reports{250};

/// Has the reports called by one thread at a time.
class ReportTurns {
  public:
    explicit ReportTurns(const PipelineReports &reports) : reports_(reports) {}

    void chunk_written(const ChunkTask &task) {
        const std::lock_guard lock(reporting_);
        if (reports_.chunk_written)
            reports_.chunk_written(task);
    }

    /// For the fetching thread only.
    void bytes_came() {
        const auto now = std::chrono::steady_clock::now();
        if (!reports_.bytes_came || now - last_ < between_reports)
            return;
        last_ = now;
        const std::lock_guard lock(reporting_);
        reports_.bytes_came();
    }

  private:
    const PipelineReports &reports_;
    std::mutex reporting_;
    std::chrono::steady_clock::time_point last_; ///< that bytes_came was called
};

class Pipeline {
  public:
    Pipeline(const std::vector<ChunkTask> &tasks, const PipelineSettings &settings,
             const PipelineReports &reports)
        : tasks_(tasks), ordered_(settings.ordered), order_(tasks.size()),
          outcomes_(tasks.size(), settings.limits), reports_(reports) {}

    PipelineResult run(firmware::ByteSource &source, std::vector<ChunkWorker> workers,
                       const std::stop_token &stop) {
        {
            std::vector<std::jthread> threads;
            for (ChunkWorker &worker : workers)
                threads.emplace_back([this, &worker] { work(worker); });
            const std::stop_callback wake(stop, [this] { fail(std::make_exception_ptr(Cancelled())); });
            fetch(source);
        }
        return {.failed = outcomes_.chunks_not_written(tasks_), .reason = outcomes_.reason()};
    }

  private:
    void fetch(firmware::ByteSource &source) {
        try {
            TaskFetch(source, tasks_, queue_, [this] { reports_.bytes_came(); }).run(abandoned_.get_token());
        } catch (...) {
            fail(std::current_exception());
        }
        queue_.close();
    }

    void work(ChunkWorker &worker) {
        try {
            while (auto fetched = queue_.pop())
                work_on(*fetched, worker);
        } catch (...) {
            fail(std::current_exception());
        }
    }

    void work_on(FetchedTask &fetched, ChunkWorker &worker) {
        const std::size_t number = fetched.number;
        const bool made = make(worker, fetched);
        queue_.give_back(std::move(fetched));
        order_.has_read(number);
        if (!made || (ordered_ && !order_.wait_for_turn(number)))
            return;
        try {
            worker.write(tasks_[number]);
            outcomes_.written(number);
            reports_.chunk_written(tasks_[number]);
        } catch (...) {
            fail(std::current_exception());
        }
    }

    bool make(ChunkWorker &worker, const FetchedTask &fetched) {
        try {
            worker.make(tasks_[fetched.number], fetched.bytes());
            return true;
        } catch (const ChunkNotMade &failure) {
            if (outcomes_.not_made(failure.what()))
                stop_fetching();
        } catch (...) {
            fail(std::current_exception());
        }
        return false;
    }

    void fail(std::exception_ptr failure) {
        // Not if the rest was given up: a chunk that was made is then still written when its turn comes.
        if (outcomes_.failed(std::move(failure)))
            order_.abandon();
        stop_fetching();
    }

    void stop_fetching() {
        queue_.abandon();
        abandoned_.request_stop();
    }

    const std::vector<ChunkTask> &tasks_;
    bool ordered_;
    TaskQueue queue_;
    WriteOrder order_;
    TaskOutcomes outcomes_;
    ReportTurns reports_;
    std::stop_source abandoned_;
};

} // namespace

PipelineResult run_pipeline(firmware::ByteSource &source, const std::vector<ChunkTask> &tasks,
                            std::vector<ChunkWorker> workers, const PipelineSettings &settings,
                            const PipelineReports &reports, const std::stop_token &stop) {
    return Pipeline(tasks, settings, reports).run(source, std::move(workers), stop);
}

} // namespace updater::install
