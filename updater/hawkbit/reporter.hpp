// Tells the server what the client has found out: keeps it until the server has taken it, in the order in
// which it happened. Knows nothing of why.
#pragma once

#include "updater/hawkbit/device_state.hpp"
#include "updater/hawkbit/server.hpp"
#include "updater/text/local_time.hpp"

#include <functional>
#include <optional>
#include <string>

namespace updater::hawkbit {

/// What became of talking to the server.
struct Contact {
    enum class Kind {
        done,
        failed, ///< may succeed later
        denied, ///< 401, 403: not before somebody has changed something
    };
    Kind kind = Kind::done;
    std::string problem;
    std::chrono::seconds retry_after{0};

    bool is_done() const { return kind == Kind::done; }
};

/// How an answer that isn't 2xx is taken. `what`: what was asked, for people.
Contact contact_of(const Answer &answer, const std::string &what);

class Reporter {
  public:
    /// `state` is where reports are kept until they are sent; `say` gets lines for the log. All outlive this
    /// object.
    Reporter(DeviceState &state, Server &server, text::Clock clock,
             std::function<void(const std::string &)> say);

    /// Keeps a report; send() sends it. Several that say the same word of the same action become one.
    void report(Feedback feedback);
    /// A line about how far the action is. Left out if the server was told less than a minute ago and not a
    /// tenth has been done since, or the same less than some hours ago.
    void progress(const std::string &action, Execution execution, int percent, const std::string &line);
    /// Sends what is kept, oldest first, until the server doesn't take one. What it knows nothing about is
    /// dropped. Call the state's save() before and after.
    Contact send();
    bool has_unsent(const std::string &action) const;

  private:
    struct Told {
        std::string action;
        Execution execution = Execution::proceeding;
        int percent = 0;
        std::string line;
        std::chrono::system_clock::time_point time;
    };
    void make_room();
    bool is_told(const Told &wanted) const;
    void was_taken(const Feedback &feedback);
    Contact handle(Feedback &feedback, const Answer &answer);

    DeviceState &state_;
    Server &server_;
    const text::Clock clock_;
    const std::function<void(const std::string &)> say_;
    std::optional<Told> told_;
};

} // namespace updater::hawkbit
