// What the agent does for a node of a cluster when asked: stops and resumes its mail, shows its queue, shows
// and changes its role, sends a test message. What takes long has a thread of its own, one work at a time.
// Begins no job.
#pragma once

#include "updater/bus/node_requests.hpp"
#include "updater/node/drain.hpp"
#include "updater/node/queue_watch.hpp"
#include "updater/node/role.hpp"

#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>

namespace updater::agent {

/// Thread-safe.
class NodeWork : public bus::NodeRequests {
  public:
    /// What runs programs, in threads of this object.
    struct Programs {
        node::QueueWatch::Callees queue;
        std::function<bool()> has_role;
        std::function<std::string(node::RoleVerb, const std::stop_token &)> role;
        /// Throws with the reason if the message did not pass through.
        std::function<void(const std::stop_token &)> test_message;
    };
    struct Surroundings {
        std::function<bool()> job_keeps_mail_back;
        /// None runs, but one may have left mail kept back, and must end first.
        std::function<bool()> job_stopped_in_the_middle;
        std::function<std::string(uid_t)> name_of_account;
        std::function<void()> mail_changed; ///< it was stopped, or let in
    };

    /// All references outlive this object.
    NodeWork(node::Drain &drain, Programs programs, Surroundings surroundings, text::Clock clock);
    ~NodeWork() override { end(); }
    NodeWork(const NodeWork &) = delete;
    NodeWork &operator=(const NodeWork &) = delete;

    /// Called after each change of the state document. Set it before begin().
    void on_change(std::function<void()> changed) { changed_ = std::move(changed); }
    /// Looks at the queue if mail is stopped on request, and finds out the role. Throws nothing: the agent
    /// does all else without them.
    void begin();
    /// Ends what runs. Nothing begins afterwards.
    void end();

    void drain(const bus::DrainWish &wish) override;
    void resume() override;
    nlohmann::json queue() const override;
    std::uint64_t begin_role(const std::string &verb) override;
    std::uint64_t begin_test_message() override;
    nlohmann::json node() const override;
    nlohmann::json state_members() const override;

  private:
    /// Returns what is told of its success.
    using Work = std::function<nlohmann::json(const std::stop_token &)>;
    std::uint64_t start(const std::string &action, Work work);
    void run(const Work &work, nlohmann::json result, const std::stop_token &stop);
    nlohmann::json change_role(node::RoleVerb verb, const std::stop_token &stop);
    nlohmann::json send_test_message(const std::stop_token &stop);
    nlohmann::json drained() const;

    node::Drain &drain_;
    Programs programs_;
    Surroundings surroundings_;
    const text::Clock clock_;
    std::function<void()> changed_ = [] {};

    mutable std::mutex mutex_; ///< for all below but the watch
    bool ended_for_good_ = false;
    std::uint64_t number_ = 0; ///< of the work that began last
    nlohmann::json working_;   ///< what runs, or null
    nlohmann::json last_;      ///< what ended last, or null
    nlohmann::json role_;      ///< as it was told last, or null
    node::QueueWatch watch_;
    std::jthread thread_;
};

} // namespace updater::agent
