// polkit's authority on a private bus, as far as the agent uses it: accepts and refuses what the real one
// does, and has one rule, that of init/polkit.
#pragma once

#include "tests/support/private_bus.hpp"

#include <atomic>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

class FakePolkit {
  public:
    enum class Behaviour { decides, fails, talks_nonsense, hangs };

    /// All who ask are in `group`.
    FakePolkit(const PrivateBus &bus, std::string group, Behaviour behaviour = Behaviour::decides)
        : group_(std::move(group)), behaviour_(behaviour), bus_(bus.connect()) {
        // No method table: with one, sd-bus would refuse to send invalid answers.
        if (sd_bus_add_object(bus_.get(), nullptr, "/org/freedesktop/PolicyKit1/Authority", answer, this) <
                0 ||
            sd_bus_request_name(bus_.get(), "org.freedesktop.PolicyKit1", 0) < 0)
            throw std::runtime_error("the fake polkit cannot be put on the bus");
        thread_ = std::jthread([this](const std::stop_token &stop) {
            while (!stop.stop_requested())
                if (sd_bus_process(bus_.get(), nullptr) == 0)
                    sd_bus_wait(bus_.get(), 10'000);
        });
    }
    ~FakePolkit() {
        thread_ = {};
        for (sd_bus_message *question : open_)
            sd_bus_message_unref(question);
    }
    FakePolkit(const FakePolkit &) = delete;
    FakePolkit &operator=(const FakePolkit &) = delete;

    std::atomic<int> questions{0};

  private:
    static int answer(sd_bus_message *call, void *user_data, sd_bus_error *error) {
        if (sd_bus_message_is_method_call(call, "org.freedesktop.PolicyKit1.Authority",
                                          "CheckAuthorization") <= 0)
            return 0;
        FakePolkit &self = *static_cast<FakePolkit *>(user_data);
        ++self.questions;
        switch (self.behaviour_) {
        case Behaviour::decides:
            return self.decide(call, error);
        case Behaviour::fails:
            return sd_bus_error_set(error, "org.freedesktop.PolicyKit1.Error.Failed",
                                    "the rules cannot be run");
        case Behaviour::talks_nonsense:
            return sd_bus_reply_method_return(call, "s", "yes");
        case Behaviour::hangs:
            self.open_.push_back(sd_bus_message_ref(call));
            return 1;
        }
        return -EINVAL;
    }

    int decide(sd_bus_message *call, sd_bus_error *error) const {
        const char *kind = nullptr;
        const char *key = nullptr;
        const char *name = nullptr;
        const char *action = nullptr;
        std::string group;
        if (sd_bus_message_has_signature(call, "(sa{sv})sa{ss}us") <= 0 ||
            sd_bus_message_read(call, "(sa{sv})s", &kind, 1, &key, "s", &name, &action) < 0 ||
            std::string_view(kind) != "system-bus-name" || std::string_view(key) != "name" || *name != ':')
            return failed(error, "Error parsing subject");
        if (std::string_view(action) != "org.updatecontrol.change")
            return failed(error, "Action is not registered");
        sd_bus_message_enter_container(call, 'a', "{ss}");
        for (const char *value = nullptr; sd_bus_message_read(call, "{ss}", &key, &value) > 0;)
            if (std::string_view(key) == "group")
                group = value;
        sd_bus_message_exit_container(call);
        std::uint32_t flags = 0;
        const char *cancellation = nullptr;
        if (sd_bus_message_read(call, "us", &flags, &cancellation) < 0)
            return failed(error, "Error parsing arguments");
        if (flags != 0) // the real one would ask somebody for a password, for minutes
            return failed(error, "nobody is there to be asked");
        const bool may = !group.empty() && group == group_;
        return sd_bus_reply_method_return(call, "(bba{ss})", may ? 1 : 0, 0, 0);
    }

    static int failed(sd_bus_error *error, const char *message) {
        return sd_bus_error_set(error, "org.freedesktop.PolicyKit1.Error.Failed", message);
    }

    std::string group_;
    Behaviour behaviour_;
    updater::bus::BusConnection bus_;
    std::vector<sd_bus_message *> open_;
    std::jthread thread_;
};
