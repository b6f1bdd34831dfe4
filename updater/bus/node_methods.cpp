#include "updater/bus/node_methods.hpp"

#include "updater/bus/bus_methods.hpp"

#include <string>

namespace updater::bus {

int drain(sd_bus_message *call, AgentRequests &requests) {
    int keep_over_restart = 0;
    std::uint64_t seconds = 0;
    if (sd_bus_message_read(call, "bt", &keep_over_restart, &seconds) < 0)
        throw InvalidArgument("the message's arguments cannot be read");
    if (seconds > max_awaited_seconds)
        throw InvalidArgument("the time to wait is longer than " + std::to_string(max_awaited_seconds) +
                              " seconds");
    requests.node().drain({user_of_caller(call), keep_over_restart != 0, std::chrono::seconds(seconds)});
    return sd_bus_reply_method_return(call, "");
}

int resume(sd_bus_message *call, AgentRequests &requests) {
    requests.node().resume();
    return sd_bus_reply_method_return(call, "");
}

int get_queue(sd_bus_message *call, AgentRequests &requests) {
    return sd_bus_reply_method_return(call, "s", document_text(requests.node().queue()).c_str());
}

int begin_role(sd_bus_message *call, AgentRequests &requests) {
    const char *verb = nullptr;
    if (sd_bus_message_read(call, "s", &verb) < 0)
        throw InvalidArgument("the message's arguments cannot be read");
    const std::string word = verb;
    if (word != "show" && word != "take" && word != "give")
        throw InvalidArgument("this agent does no such thing with a role; it knows: show, take, give");
    return sd_bus_reply_method_return(call, "t", requests.node().begin_role(word));
}

int begin_test_message(sd_bus_message *call, AgentRequests &requests) {
    return sd_bus_reply_method_return(call, "t", requests.node().begin_test_message());
}

int get_node(sd_bus_message *call, AgentRequests &requests) {
    return sd_bus_reply_method_return(call, "s", document_text(requests.node().node()).c_str());
}

} // namespace updater::bus
