// One appliance as the server sees it: asks the server, and does what it says. Has no thread and doesn't wait
// between polls: whoever owns it calls poll() when the time has come.
#pragma once

#include "updater/hawkbit/client_settings.hpp"
#include "updater/hawkbit/deployment.hpp"
#include "updater/hawkbit/poll_times.hpp"
#include "updater/hawkbit/state_file.hpp"

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace updater::hawkbit {

struct DeviceSettings {
    std::string product;
    std::string module; ///< as of ClientSettings, like the next two
    std::string distribution_set;
    Confirmation confirmation = Confirmation::ask_a_person;
    PollBounds bounds;
    std::uint32_t seed = 1; ///< different on each appliance
};

class Device {
  public:
    /// Continues where the state file says. `say` gets lines for the log. All references outlive this object.
    Device(DeviceSettings settings, Server &server, Agent &agent, StateFile &file, text::Clock clock,
           std::function<void(const std::string &)> say);

    /// Asks the server once, and does what can be done. Returns how long to wait until the next poll. Throws
    /// StorageError if the state can't be kept, and Cancelled.
    std::chrono::milliseconds poll();
    /// The agent's state may have changed. True: poll now.
    bool agent_changed();
    /// A person's answer to the question. Poll then. Throws Refused if nothing is asked.
    void answer(bool confirmed, const std::string &remark);
    /// Whether an agent's signal means anything at the moment.
    bool watches_agent() const { return state_.action.has_value(); }

    /// The members of format.md, "Status".
    nlohmann::json status() const;

  private:
    Contact talk();
    Contact handle(const Poll &poll);
    Contact ask(const std::string &tail, const std::string &what, std::string &body);
    Contact handle_deployment(const Link &link);
    Contact handle_cancel(const Link &link);
    Contact handle_confirmation(const Link &link);
    void report_answer();
    void repeat_answer();
    void look_at_agent();
    void note_stray_job();
    Contact tell_config_data(bool wanted);
    Contact tell_running_version();
    Contact send_reports();
    std::string utc_now() const;
    void save() { file_.save(state_); }

    const DeviceSettings settings_;
    Server &server_;
    Agent &agent_;
    StateFile &file_;
    const text::Clock clock_;
    const std::function<void(const std::string &)> say_;
    DeviceState state_;
    PollTimes times_;
    Reporter reporter_;
    Deployment deployment_;
    std::optional<Link> known_link_; ///< that the offer was read from
    Offer known_offer_;
    std::string problem_;       ///< of the last poll
    std::string agent_problem_; ///< why the agent couldn't be asked then
    std::string config_key_;    ///< what config data was last made of
    std::string polled_;        ///< when, in UTC; empty: not yet
    std::string answered_;      ///< when the server last answered
    bool confirmed_ = false;    ///< by itself, since the last poll: the server goes on at once
};

} // namespace updater::hawkbit
