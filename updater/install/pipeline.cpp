// A queue of fetched tasks between the fetching thread, which is the caller's, and the workers. The bytes in
// it are bounded: when the queue is full, fetching waits, and so does the server.
#include "updater/install/pipeline.hpp"

#include "updater/cancelled.hpp"
#include "updater/install/chunk_maker.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>

namespace updater::install {

namespace {

/// Programs that show the progress ask for it twice a second.
constexpr std::chrono::milliseconds between_tellings{250};
constexpr std::size_t max_under_way_bytes = 7UL * 1024 * 1024;

/// Stops the fetching thread. The reason is recorded elsewhere.
struct Abandoned {};

class Pipeline {
  public:
    Pipeline(firmware::ByteSource &source, const std::vector<ChunkTask> &tasks,
             const PipelineSettings &settings, const std::function<void(const ChunkTask &)> &done,
             std::stop_token stop)
        : source_(source), tasks_(tasks), settings_(settings), done_(done), stop_(std::move(stop)),
          made_(tasks.size(), false) {}

    PipelineResult run(std::vector<ChunkWorker> workers) {
        {
            std::vector<std::jthread> threads;
            for (ChunkWorker &worker : workers)
                threads.emplace_back([this, &worker] { work(worker); });
            const std::stop_callback wake(stop_, [this] { abandon(std::make_exception_ptr(Cancelled())); });
            fetch_all();
        }
        if (failure_)
            std::rethrow_exception(failure_);
        return result();
    }

  private:
    struct Job {
        std::size_t task = 0;
        std::unique_ptr<std::byte[]> buffer;
        std::size_t length_bytes = 0;
    };

    // --- the fetching thread ---

    void fetch_all() {
        try {
            for (std::size_t begin = 0; begin < tasks_.size();)
                begin = fetch_run(begin);
        } catch (const Abandoned &) {
        } catch (...) {
            abandon(std::current_exception());
        }
        const std::lock_guard lock(mutex_);
        all_fetched_ = true;
        changed_.notify_all();
    }

    /// Fetches the tasks from `begin` on as long as their ranges ascend. Returns where the next run begins.
    std::size_t fetch_run(std::size_t begin) {
        std::vector<firmware::ByteRange> ranges;
        std::size_t end = begin;
        for (; end < tasks_.size(); ++end) {
            const auto &wanted = tasks_[end].ranges;
            if (!wanted.empty() && !ranges.empty() && wanted.front().offset_bytes < ranges.back().end_bytes())
                break;
            for (const firmware::ByteRange &range : wanted)
                firmware::append(ranges, range);
        }
        next_ = begin;
        end_ = end;
        pass_on_complete();
        if (!ranges.empty())
            source_.read(
                ranges, [this](std::uint64_t, std::span<const std::byte> bytes) { take(bytes); },
                abandoned_.get_token());
        return end;
    }

    /// Bytes arrive in the order of the tasks' ranges, so counting them is enough to assign them to tasks.
    void take(std::span<const std::byte> bytes) {
        while (!bytes.empty()) {
            Job &job = filling_;
            const std::size_t missing = firmware::total_bytes(tasks_[job.task].ranges) - job.length_bytes;
            const auto piece = bytes.first(std::min(missing, bytes.size()));
            std::ranges::copy(piece, job.buffer.get() + job.length_bytes);
            job.length_bytes += piece.size();
            bytes = bytes.subspan(piece.size());
            pass_on_complete();
        }
        tell_that_bytes_came();
    }

    void tell_that_bytes_came() {
        const auto now = std::chrono::steady_clock::now();
        if (!settings_.bytes_came || now - told_ < between_tellings)
            return;
        told_ = now;
        const std::lock_guard lock(telling_);
        settings_.bytes_came();
    }

    /// Queues the current task if it is complete, then all tasks that need no bytes, and takes a buffer for
    /// the next one.
    void pass_on_complete() {
        while (true) {
            if (filling_.buffer) {
                if (filling_.length_bytes < firmware::total_bytes(tasks_[filling_.task].ranges))
                    return;
                push(std::move(filling_));
                filling_ = {};
            }
            if (next_ == end_)
                return;
            const std::size_t task = next_++;
            const std::size_t length = firmware::total_bytes(tasks_[task].ranges);
            filling_ = {task, take_buffer(length), 0};
        }
    }

    std::unique_ptr<std::byte[]> take_buffer(std::size_t length) {
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [&] {
                return under_way_bytes_ == 0 || under_way_bytes_ + length <= max_under_way_bytes || over();
            });
            if (over())
                throw Abandoned();
            under_way_bytes_ += length;
        }
        return std::make_unique_for_overwrite<std::byte[]>(length);
    }

    void push(Job job) {
        const std::lock_guard lock(mutex_);
        queue_.push_back(std::move(job));
        changed_.notify_all();
    }

    // --- the workers ---

    void work(ChunkWorker &worker) {
        try {
            while (auto job = pop()) {
                const ChunkTask &task = tasks_[job->task];
                const bool made = make(worker, *job);
                give_back(std::move(*job));
                if (!made || !wait_for_turn(job->task))
                    continue;
                worker.write(task);
                finish(job->task);
            }
        } catch (...) {
            abandon(std::current_exception());
        }
    }

    std::optional<Job> pop() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !queue_.empty() || all_fetched_ || over(); });
        if (over() || queue_.empty())
            return std::nullopt;
        Job job = std::move(queue_.front());
        queue_.pop_front();
        return job;
    }

    bool make(ChunkWorker &worker, const Job &job) {
        try {
            worker.make(tasks_[job.task], std::span(job.buffer.get(), job.length_bytes));
            return true;
        } catch (const ChunkNotMade &failure) {
            const std::lock_guard lock(mutex_);
            ++failed_;
            if (reason_.empty())
                reason_ = failure.what();
            // A wrong base is noticed after a few chunks, without fetching the rest.
            if (failed_ >= settings_.failures ||
                (written_ == 0 && failed_ >= settings_.failures_without_success)) {
                given_up_ = true;
                changed_.notify_all();
                abandoned_.request_stop();
            }
            return false;
        }
    }

    void give_back(Job job) {
        job.buffer.reset();
        const std::lock_guard lock(mutex_);
        under_way_bytes_ -= job.length_bytes;
        // Made or failed: later tasks need not wait for it any more.
        made_[job.task] = true;
        while (first_unmade_ < made_.size() && made_[first_unmade_])
            ++first_unmade_;
        changed_.notify_all();
    }

    bool wait_for_turn(std::size_t task) {
        if (!settings_.ordered)
            return true;
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return first_unmade_ >= task || failure_; });
        return !failure_;
    }

    void finish(std::size_t task) {
        {
            const std::lock_guard lock(mutex_);
            ++written_;
            finished_.push_back(task);
        }
        // With a separate lock: the callback may request a stop, and that takes the other lock.
        const std::lock_guard lock(telling_);
        if (done_)
            done_(tasks_[task]);
    }

    // --- both ---

    bool over() const { return failure_ || given_up_; }

    void abandon(std::exception_ptr failure) {
        {
            const std::lock_guard lock(mutex_);
            if (!failure_ && !given_up_)
                failure_ = std::move(failure);
            changed_.notify_all();
        }
        abandoned_.request_stop();
    }

    PipelineResult result() const {
        std::vector<bool> finished(tasks_.size(), false);
        for (const std::size_t task : finished_)
            finished[task] = true;
        PipelineResult result{.failed = {}, .reason = reason_};
        for (std::size_t task = 0; task < tasks_.size(); ++task)
            if (!finished[task])
                result.failed.push_back(tasks_[task].chunk);
        std::ranges::sort(result.failed);
        return result;
    }

    firmware::ByteSource &source_;
    const std::vector<ChunkTask> &tasks_;
    PipelineSettings settings_;
    const std::function<void(const ChunkTask &)> &done_;
    std::stop_token stop_;
    std::stop_source abandoned_;

    // Used by the fetching thread only.
    std::size_t next_ = 0;
    std::size_t end_ = 0;
    Job filling_;
    std::chrono::steady_clock::time_point told_;

    std::mutex telling_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t under_way_bytes_ = 0; ///< being fetched, or fetched and not made into chunks yet
    std::deque<Job> queue_;
    std::vector<bool> made_;
    std::size_t first_unmade_ = 0;
    std::vector<std::size_t> finished_;
    std::size_t written_ = 0;
    std::size_t failed_ = 0;
    std::string reason_;
    bool all_fetched_ = false;
    bool given_up_ = false;
    std::exception_ptr failure_;
};

} // namespace

PipelineResult run_pipeline(firmware::ByteSource &source, const std::vector<ChunkTask> &tasks,
                            std::vector<ChunkWorker> workers, const PipelineSettings &settings,
                            const std::function<void(const ChunkTask &)> &done, const std::stop_token &stop) {
    Pipeline pipeline(source, tasks, settings, done, stop);
    return pipeline.run(std::move(workers));
}

} // namespace updater::install
