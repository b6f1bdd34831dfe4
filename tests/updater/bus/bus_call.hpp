// Calls of the agent's methods as a client makes them, and what came back.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <systemd/sd-bus.h>
#include <vector>

struct Reply {
    std::string error;   // the D-Bus error's name, "" for none
    std::string message; // the error's
    std::string text;    // the string returned
};

struct MessageCloser {
    void operator()(sd_bus_message *message) const { sd_bus_message_unref(message); }
};
using Message = std::unique_ptr<sd_bus_message, MessageCloser>;

inline Reply call(sd_bus *bus, const char *method,
                  const std::function<void(sd_bus_message *)> &add_arguments = nullptr) {
    sd_bus_message *raw = nullptr;
    sd_bus_message_new_method_call(bus, &raw, "org.updatecontrol.Agent", "/org/updatecontrol/Agent",
                                   "org.updatecontrol.Agent1", method);
    const Message request(raw);
    if (add_arguments)
        add_arguments(raw);
    sd_bus_error error = SD_BUS_ERROR_NULL;
    sd_bus_message *raw_reply = nullptr;
    const int result = sd_bus_call(bus, raw, 5'000'000, &error, &raw_reply);
    const Message reply(raw_reply);
    Reply answer;
    if (result < 0) {
        answer.error = error.name == nullptr ? std::strerror(-result) : error.name;
        answer.message = error.message == nullptr ? "" : error.message;
    } else if (const char *text = nullptr; sd_bus_message_read(raw_reply, "s", &text) > 0) {
        answer.text = text;
    }
    sd_bus_error_free(&error);
    return answer;
}

inline Reply install(sd_bus *bus, const std::string &source, bool force = false) {
    return call(bus, "Install", [&](sd_bus_message *request) {
        sd_bus_message_append(request, "sa{sv}", source.c_str(), 1, "force", "b", force ? 1 : 0);
    });
}

/// Receives one signal of the agent from now on, with this number of strings as arguments.
class Signals {
  public:
    Signals(sd_bus *bus, const char *name, int arguments) : bus_(bus), arguments_(arguments) {
        if (sd_bus_match_signal(bus, &slot_, "org.updatecontrol.Agent", "/org/updatecontrol/Agent",
                                "org.updatecontrol.Agent1", name, remember, this) < 0)
            throw std::runtime_error("cannot listen for the signal");
    }
    ~Signals() { sd_bus_slot_unref(slot_); }
    Signals(const Signals &) = delete;
    Signals &operator=(const Signals &) = delete;

    /// The arguments of each, joined by "|", when this many have arrived or ten seconds have passed.
    std::vector<std::string> wait_for(std::size_t count) const {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (heard_.size() < count && std::chrono::steady_clock::now() < deadline)
            if (sd_bus_process(bus_, nullptr) == 0)
                sd_bus_wait(bus_, 100'000);
        return heard_;
    }

  private:
    static int remember(sd_bus_message *signal, void *user_data, sd_bus_error *) {
        Signals &self = *static_cast<Signals *>(user_data);
        std::string all;
        for (int read = 0; read < self.arguments_; ++read) {
            const char *text = nullptr;
            if (sd_bus_message_read(signal, "s", &text) <= 0)
                text = "(missing)";
            all += (read == 0 ? "" : "|") + std::string(text);
        }
        self.heard_.push_back(all);
        return 0;
    }

    sd_bus *bus_;
    int arguments_;
    sd_bus_slot *slot_ = nullptr;
    std::vector<std::string> heard_;
};
