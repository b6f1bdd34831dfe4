#include "updater/agent/node_work.hpp"

#include "updater/cancelled.hpp"
#include "updater/job/job_requests.hpp"
#include "updater/text/clean_text.hpp"
#include "updater/text/utc_time.hpp"

#include <chrono>
#include <exception>
#include <iostream>
#include <utility>

namespace updater::agent {

using nlohmann::json;

namespace {

json time_told(const std::optional<std::chrono::system_clock::time_point> &time) {
    return time ? json(text::iso_time(*time)) : json(nullptr);
}

json text_told(const std::string &text) {
    return text.empty() ? json(nullptr) : json(text);
}

json length_of(const node::QueueState &queue) {
    return queue.listing ? json(queue.listing->length) : json(nullptr);
}

json document_of_message(const node::QueuedMessage &message, std::chrono::system_clock::time_point now) {
    const auto age = std::chrono::floor<std::chrono::seconds>(now - message.arrived);
    return {{"id", message.id},
            {"arrived", text::iso_time(message.arrived)},
            {"age_seconds", std::max<std::int64_t>(0, age.count())},
            {"recipients", message.recipients},
            {"reason", message.reason}};
}

} // namespace

NodeWork::NodeWork(node::Drain &drain, Programs programs, Surroundings surroundings, text::Clock clock)
    : drain_(drain), programs_(std::move(programs)), surroundings_(std::move(surroundings)),
      clock_(std::move(clock)), watch_(programs_.queue, clock_, [this] { changed_(); }) {}

void NodeWork::begin() {
    try {
        if (drain_.order())
            watch_.begin(std::chrono::seconds(0));
        if (programs_.has_role())
            static_cast<void>(begin_role("show"));
    } catch (const std::exception &failure) {
        std::cerr << "the queue and the role of this node cannot be looked at: " << failure.what() << '\n';
    }
}

void NodeWork::end() {
    std::jthread thread;
    {
        const std::lock_guard lock(mutex_);
        ended_for_good_ = true;
        thread = std::exchange(thread_, {});
    }
    watch_.end();
}

void NodeWork::drain(const bus::DrainWish &wish) {
    drain_.begin(surroundings_.name_of_account(wish.user), wish.keep_over_restart);
    watch_.begin(wish.awaited);
    surroundings_.mail_changed();
    changed_();
}

void NodeWork::resume() {
    if (surroundings_.job_keeps_mail_back())
        throw job::Busy("a job keeps mail back itself, and lets it in when it ends; watch it with: "
                        "update-control -f");
    if (surroundings_.job_stopped_in_the_middle())
        throw job::NotPossible("a job stopped in the middle, and mail must wait until it has ended; what it "
                               "needs for that: update-control -s");
    drain_.end();
    watch_.forget();
    surroundings_.mail_changed();
    changed_();
}

json NodeWork::drained() const {
    const auto order = drain_.order();
    if (!order)
        return nullptr;
    const auto queue = watch_.state();
    return {{"since", text::iso_time(order->since)}, {"since_utc", text::utc_text(order->since)},
            {"by", text::clean_text(order->by)},     {"keep_over_restart", order->keep_over_restart},
            {"queue_length", length_of(queue)},      {"connections", queue.connections},
            {"looked", time_told(queue.looked)},     {"problem", text_told(queue.problem)}};
}

json NodeWork::queue() const {
    const auto queue = watch_.state();
    json messages = json::array();
    if (queue.listing)
        for (const auto &message : queue.listing->messages)
            messages.push_back(document_of_message(message, clock_()));
    return {{"format", 1},
            {"drained", drained()},
            {"queue_length", length_of(queue)},
            {"connections", queue.connections},
            {"looked", time_told(queue.looked)},
            {"problem", text_told(queue.problem)},
            {"messages", std::move(messages)}};
}

std::uint64_t NodeWork::begin_role(const std::string &verb) {
    const auto known = node::role_verb_of(verb);
    if (!known)
        throw job::NotPossible("nothing known can be done with a role by that name; show, take and give can");
    if (!programs_.has_role())
        throw job::NotPossible("this product has no roles: it has no program "
                               "/usr/lib/update-control/cluster.d/role");
    return start("role " + verb,
                 [this, known](const std::stop_token &stop) { return change_role(*known, stop); });
}

json NodeWork::change_role(node::RoleVerb verb, const std::stop_token &stop) {
    std::string role = programs_.role(verb, stop);
    {
        const std::lock_guard lock(mutex_);
        role_ = role;
    }
    return {{"text", "The role of this node is " + role + "."}, {"role", std::move(role)}};
}

std::uint64_t NodeWork::begin_test_message() {
    // The health gate sends one of its own and counts what is stored.
    if (surroundings_.job_keeps_mail_back())
        throw job::Busy("a job keeps mail back, and tests the new system itself; watch it with: "
                        "update-control -f");
    return start("test-message", [this](const std::stop_token &stop) { return send_test_message(stop); });
}

json NodeWork::send_test_message(const std::stop_token &stop) {
    const auto began = std::chrono::steady_clock::now();
    programs_.test_message(stop);
    const auto took =
        std::chrono::round<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
    constexpr double ms_per_second = 1000.0;
    return {{"text", "A test message passed through the node: it was filtered and stored."},
            {"seconds", static_cast<double>(took) / ms_per_second}};
}

std::uint64_t NodeWork::start(const std::string &action, Work work) {
    std::jthread before;
    const std::lock_guard lock(mutex_);
    if (ended_for_good_)
        throw job::NotPossible("the update agent ends at this moment; ask again when it is back");
    if (!working_.is_null())
        throw job::Busy("the agent is busy with: " + working_.value("action", std::string()) +
                        "; ask again when that has ended");
    json result{{"number", number_ + 1},
                {"action", action},
                {"began", text::iso_time(clock_())},
                {"text", ""},
                {"seconds", nullptr}};
    before =
        std::exchange(thread_, std::jthread([this, work = std::move(work), result](
                                                const std::stop_token &stop) { run(work, result, stop); }));
    working_ = std::move(result);
    return ++number_;
}

void NodeWork::run(const Work &work, json result, const std::stop_token &stop) {
    try {
        result.update(work(stop));
        result["result"] = "done";
    } catch (const Cancelled &) {
        result["result"] = "failed";
        result["text"] = "the update agent ended meanwhile";
    } catch (const std::exception &failure) {
        result["result"] = "failed";
        result["text"] = text::clean_text(failure.what());
    }
    {
        const std::lock_guard lock(mutex_);
        result["ended"] = text::iso_time(clock_());
        last_ = std::move(result);
        working_ = nullptr;
    }
    changed_();
}

json NodeWork::node() const {
    const std::lock_guard lock(mutex_);
    return {{"format", 1}, {"role", role_}, {"working", working_}, {"last", last_}};
}

json NodeWork::state_members() const {
    json members = {{"drained", drained()}};
    const std::lock_guard lock(mutex_);
    members["role"] = role_;
    return members;
}

} // namespace updater::agent
