#include "updater/bus/bus_answer.hpp"

#include "partitions/base/bus.hpp"

#include <memory>
#include <optional>

namespace updater::bus {

namespace {

constexpr const char *only_root =
    "only root may export, import and restore snapshots: there are passwords and keys in them, and a restore "
    "decides over all of /etc. Nothing was changed";

struct CredentialsCloser {
    void operator()(sd_bus_creds *credentials) const { sd_bus_creds_unref(credentials); }
};

Caller caller_of(sd_bus_message *call) {
    sd_bus_creds *raw = nullptr;
    // The bus has it from the kernel; what the sender says about itself is not used.
    int result = sd_bus_query_sender_creds(call, SD_BUS_CREDS_EUID, &raw);
    const std::unique_ptr<sd_bus_creds, CredentialsCloser> credentials(raw);
    uid_t user = 0;
    if (result >= 0)
        result = sd_bus_creds_get_euid(raw, &user);
    const char *name = sd_bus_message_get_sender(call);
    if (result < 0 || name == nullptr)
        throw AccessDenied("the caller is unknown, so nothing is answered or changed");
    return {user, name};
}

Caller caller_within_limit(sd_bus_message *call, const BusMethods &methods) {
    Caller caller = caller_of(call);
    if (caller.user != methods.privileged_user && !methods.limit.allows(caller.user))
        throw TooManyCalls(
            "you ask more often than the agent answers; nothing was changed, ask again in a second");
    return caller;
}

// Outside of the method's own callback, so the error must be sent here.
void answer_now(sd_bus_message *call, AgentRequests &requests, Change change,
                const std::optional<std::string> &denial) {
    partitions::base::BusErrorHolder holder;
    const int result = answer(&holder.error, [&] {
        if (denial)
            throw AccessDenied(*denial);
        return change(call, requests);
    });
    // If the connection is lost, the loop that serves it reports that.
    if (result < 0)
        static_cast<void>(sd_bus_reply_method_errno(call, result, &holder.error));
}

} // namespace

uid_t user_of_caller(sd_bus_message *call) {
    return caller_of(call).user;
}

void require_within_limit(sd_bus_message *call, const BusMethods &methods) {
    static_cast<void>(caller_within_limit(call, methods));
}

int answer_if_permitted(sd_bus_message *call, const BusMethods &methods, sd_bus_error *error, Change change,
                        Who who) noexcept {
    return answer(error, [&] {
        // Lives until the authority has answered; shared because a std::function must be copyable.
        const std::shared_ptr<sd_bus_message> held = partitions::base::BusMessage(sd_bus_message_ref(call));
        // The limit comes first, because asking polkit costs work as well.
        const Caller caller = caller_within_limit(call, methods);
        const bool refused_all_the_same = who == Who::root_alone && caller.user != methods.privileged_user;
        methods.access.decide(
            caller, [held, &methods, change, refused_all_the_same](std::optional<std::string> denial) {
                if (!denial && refused_all_the_same)
                    denial = only_root;
                answer_now(held.get(), methods.requests, change, denial);
            });
        return 1;
    });
}

} // namespace updater::bus
