#include "updater/hawkbit/client_service.hpp"

#include "updater/bus/bus_names.hpp"
#include "updater/cancelled.hpp"
#include "updater/hawkbit/client_bus_names.hpp"
#include "updater/refusal.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <poll.h>
#include <system_error>
#include <utility>

namespace updater::hawkbit {

using partitions::base::check_bus;

namespace {

constexpr std::size_t max_remark_bytes = 400;

/// What a method does; its errors become those of the bus.
template <typename Work> int answered(sd_bus_error *error, const Work &work) noexcept {
    try {
        return work();
    } catch (const Refused &refused) {
        const std::string text = std::string(refused.what()) + " [" + messages::text_of(refused.code()) +
                                 "]\n" + refused.next_step();
        return sd_bus_error_set(error, "org.updatecontrol.Error.NotPossible", text.c_str());
    } catch (const std::exception &failure) {
        return sd_bus_error_set(error, "org.updatecontrol.Error.Failed", failure.what());
    }
}

int get_status(sd_bus_message *call, void *service, sd_bus_error *error) noexcept {
    return answered(error, [&] {
        const std::string document = static_cast<const ClientService *>(service)->status_document();
        return sd_bus_reply_method_return(call, "s", document.c_str());
    });
}

int answer_question(sd_bus_message *call, void *service, sd_bus_error *error) noexcept {
    return answered(error, [&] {
        int confirmed = 0;
        const char *remark = nullptr;
        if (const int result = sd_bus_message_read(call, "bs", &confirmed, &remark); result < 0)
            return result;
        static_cast<ClientService *>(service)->answer(confirmed != 0,
                                                      std::string(remark).substr(0, max_remark_bytes));
        return sd_bus_reply_method_return(call, "");
    });
}

int poll_at_once(sd_bus_message *call, void *service, sd_bus_error *error) noexcept {
    return answered(error, [&] {
        static_cast<ClientService *>(service)->poll_now();
        return sd_bus_reply_method_return(call, "");
    });
}

/// The bus's policy says who may call what (org.updatecontrol.Hawkbit.conf).
const sd_bus_vtable *client_vtable() {
    static const std::array<sd_bus_vtable, 5> table{
        {SD_BUS_VTABLE_START(0), SD_BUS_METHOD("GetStatus", "", "s", get_status, SD_BUS_VTABLE_UNPRIVILEGED),
         SD_BUS_METHOD("Answer", "bs", "", answer_question, SD_BUS_VTABLE_UNPRIVILEGED),
         SD_BUS_METHOD("Poll", "", "", poll_at_once, SD_BUS_VTABLE_UNPRIVILEGED), SD_BUS_VTABLE_END}};
    return table.data();
}

} // namespace

ClientService::ClientService(Device &device, partitions::base::Bus bus, nlohmann::json about,
                             std::chrono::milliseconds first_poll)
    : device_(device), bus_(std::move(bus)), about_(std::move(about)),
      next_poll_(std::chrono::steady_clock::now() + first_poll) {
    agent_signals_ = bus_.match_signal({bus::agent_bus_name, bus::agent_object_path, bus::agent_interface},
                                       "StateChanged", [this](sd_bus_message *) { agent_changed_ = true; });
    sd_bus_slot *object = nullptr;
    check_bus(sd_bus_add_object_vtable(bus_.get(), &object, client_object_path, client_interface,
                                       client_vtable(), this),
              "put the service's object on the bus");
    object_.reset(object);
    check_bus(
        sd_bus_request_name(bus_.get(), client_bus_name, 0),
        "get the service's name on the bus; does another one run? See: systemctl status update-hawkbit");
}

ClientService::~ClientService() = default;

std::string ClientService::status_document() const {
    nlohmann::json document = device_.status();
    document.update(about_);
    const auto wait =
        std::chrono::duration_cast<std::chrono::seconds>(next_poll_ - std::chrono::steady_clock::now());
    document["next_poll_seconds"] = std::max<std::int64_t>(wait.count(), 0);
    return document.dump();
}

void ClientService::answer(bool confirmed, const std::string &remark) {
    device_.answer(confirmed, remark);
    poll_now();
}

void ClientService::handle_what_is_due() {
    if (std::exchange(agent_changed_, false) && device_.agent_changed())
        poll_now();
    if (std::chrono::steady_clock::now() >= next_poll_)
        next_poll_ = std::chrono::steady_clock::now() + device_.poll();
}

void ClientService::run(const std::stop_token &stop) {
    const std::stop_callback wake_at_stop(stop, [this] { wakeup_.wake(); });
    try {
        while (!stop.stop_requested()) {
            bus_.process_pending();
            handle_what_is_due();
            wait();
        }
    } catch (const Cancelled &) {
        // The service ends.
    }
    check_bus(sd_bus_flush(bus_.get()), "send the last answers");
}

/// Until the next poll, a message, or the end. Nothing else is waited for: all calls of the client itself are
/// made on other connections, and wait by themselves.
void ClientService::wait() {
    check_bus(sd_bus_flush(bus_.get()), "send answers");
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(next_poll_ - std::chrono::steady_clock::now());
    const int limit = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, INT_MAX));
    std::array<pollfd, 2> waiting{
        {{sd_bus_get_fd(bus_.get()), POLLIN, 0}, {wakeup_.descriptor(), POLLIN, 0}}};
    if (poll(waiting.data(), waiting.size(), limit) < 0 && errno != EINTR)
        throw std::system_error(errno, std::generic_category(), "cannot wait for the next poll");
    wakeup_.take();
}

} // namespace updater::hawkbit
