// A node of a cluster without a mail server: stops and resumes its mail at once, has a queue and a role.
#pragma once

#include "updater/bus/node_requests.hpp"
#include "updater/job/job_requests.hpp"

#include <string>
#include <utility>

class FakeNode : public updater::bus::NodeRequests {
  public:
    bool is_drained = false;
    updater::bus::DrainWish last_wish;
    /// The queue; each message as in GetQueue.
    nlohmann::json messages = nlohmann::json::array();
    int looks_until_empty = 0; ///< the queue is emptied after so many questions for the state; 0: it stays
    nlohmann::json problem;    ///< why the queue is not known, or null
    nlohmann::json role;       ///< null: the product knows none
    std::string refuses_role;  ///< why the program fails; empty: it works
    std::string test_fails;    ///< why the test message does not pass; empty: it does
    bool job_keeps_mail_back = false;
    bool others_ask = false; ///< before the answer is read, what somebody else asked for ends, too

    void drain(const updater::bus::DrainWish &wish) override {
        is_drained = true;
        last_wish = wish;
    }
    void resume() override {
        if (job_keeps_mail_back)
            throw updater::job::Busy("a job keeps mail back itself");
        is_drained = false;
    }
    nlohmann::json queue() const override {
        return {{"format", 1},      {"drained", drained()}, {"queue_length", length()},
                {"connections", 0}, {"problem", problem},   {"messages", messages}};
    }
    std::uint64_t begin_role(const std::string &verb) override {
        if (role.is_null())
            throw updater::job::NotPossible("this product has no roles");
        if (!refuses_role.empty())
            return end("role " + verb, "failed", refuses_role);
        if (verb != "show")
            role = verb == "take" ? "primary" : "secondary";
        return end("role " + verb, "done", "The role of this node is " + role.get<std::string>() + ".");
    }
    std::uint64_t begin_test_message() override {
        return test_fails.empty() ? end("test-message", "done", "A test message passed through the node.")
                                  : end("test-message", "failed", test_fails);
    }
    nlohmann::json node() const override {
        return {{"format", 1}, {"role", role}, {"working", nullptr}, {"last", last_}};
    }
    nlohmann::json state_members() const override { return {{"drained", drained()}, {"role", role}}; }

    /// Each question for the state is a look at the queue.
    void look() {
        if (is_drained && looks_until_empty > 0 && --looks_until_empty == 0)
            messages = nlohmann::json::array();
    }

  private:
    nlohmann::json length() const {
        return problem.is_null() ? nlohmann::json(messages.size()) : nlohmann::json();
    }
    nlohmann::json drained() const {
        if (!is_drained)
            return nullptr;
        return {{"since", "2026-12-01T00:10:00+00:00"},
                {"by", "root"},
                {"keep_over_restart", last_wish.keep_over_restart},
                {"queue_length", length()},
                {"connections", 0},
                {"looked", "2026-12-01T00:10:02+00:00"},
                {"problem", problem}};
    }
    std::uint64_t end(const std::string &action, const char *result, const std::string &text) {
        last_ = {
            {"number", ++number_}, {"action", action}, {"result", result}, {"text", text}, {"seconds", 0.8}};
        const auto ours = number_;
        if (others_ask)
            last_["number"] = ++number_;
        return ours;
    }

    nlohmann::json last_;
    std::uint64_t number_ = 0;
};
