// Asking a job to stop, and why. Decides nothing about what follows from that.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>

namespace updater::job {

enum class StopReason {
    cancelled,       ///< by a person: the job is rolled back
    agent_ends,      ///< the agent, not the job: the next agent resumes what can be resumed
    deadline_passed, ///< the trial took too long
};

/// Asked once: the first reason stays. Thread-safe.
class StopRequest {
  public:
    struct Parent {
        const StopRequest &request;
    };

    StopRequest() = default;
    /// Is asked when its parent is, for the same reason; not the other way round. The parent outlives it.
    explicit StopRequest(Parent parent)
        : pass_on_(std::in_place, parent.request.token(), [this, parent] { ask(*parent.request.reason()); }) {
    }
    StopRequest(const StopRequest &) = delete;
    StopRequest &operator=(const StopRequest &) = delete;

    void ask(StopReason reason) {
        {
            const std::lock_guard lock(mutex_);
            if (!reason_)
                reason_ = reason;
        }
        // After the reason: whoever sees the request must find it.
        source_.request_stop();
    }

    /// Nothing: not asked.
    std::optional<StopReason> reason() const {
        const std::lock_guard lock(mutex_);
        return reason_;
    }
    bool agent_ends() const { return reason() == StopReason::agent_ends; }
    bool is_asked() const { return reason().has_value(); }
    std::stop_token token() const { return source_.get_token(); }

  private:
    mutable std::mutex mutex_;
    std::optional<StopReason> reason_;
    std::stop_source source_;
    std::optional<std::stop_callback<std::function<void()>>> pass_on_; ///< last: may call ask() at once
};

} // namespace updater::job
