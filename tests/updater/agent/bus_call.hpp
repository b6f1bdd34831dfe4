// Calls of the agent's methods as a client makes them, and what came back.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <systemd/sd-bus.h>

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
