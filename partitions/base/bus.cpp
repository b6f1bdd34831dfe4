#include "partitions/base/bus.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string.h>
#include <utility>

namespace partitions::base {
namespace {

[[noreturn]] void raise(const BusErrorHolder &holder, int result, const std::string &doing) {
    const sd_bus_error &error = holder.error;
    const std::string reason = error.message != nullptr ? error.message : strerror(-result);
    throw BusError("cannot " + doing + ": " + reason, error.name != nullptr ? error.name : "");
}

} // namespace

int check_bus(int result, const std::string &doing) {
    if (result < 0)
        throw BusError("cannot " + doing + ": " + strerror(-result),
                       "System.Error." + std::to_string(-result));
    return result;
}

/// The state of a registered match. sd-bus is C and exceptions must not pass through it, so one is kept until
/// wait_until() rethrows it.
struct Bus::Handler {
    std::function<void(sd_bus_message *)> on_signal;
    std::exception_ptr *failure;

    static int called(sd_bus_message *message, void *userdata, sd_bus_error *) {
        auto *self = static_cast<Handler *>(userdata);
        try {
            self->on_signal(message);
        } catch (...) {
            *self->failure = std::current_exception();
        }
        return 0;
    }
    static void release(void *userdata) { delete static_cast<Handler *>(userdata); }
};

Bus Bus::system() {
    sd_bus *connection = nullptr;
    check_bus(sd_bus_open_system(&connection), "connect to the system bus");
    return Bus(connection);
}

Bus::Bus(sd_bus *connection) : connection_(connection), failure_(std::make_unique<std::exception_ptr>()) {}

BusMessage Bus::method(const BusTarget &target, const std::string &member) {
    sd_bus_message *message = nullptr;
    check_bus(sd_bus_message_new_method_call(get(), &message, target.service.c_str(), target.path.c_str(),
                                             target.interface.c_str(), member.c_str()),
              "prepare the call of " + target.interface + "." + member);
    return BusMessage(message);
}

BusMessage Bus::call(const BusMessage &message, const std::string &doing,
                     std::chrono::microseconds time_limit) {
    BusErrorHolder holder;
    sd_bus_message *reply = nullptr;
    const auto limit = static_cast<std::uint64_t>(time_limit.count());
    const int result = sd_bus_call(get(), message.get(), limit, &holder.error, &reply);
    if (result < 0)
        raise(holder, result, doing);
    return BusMessage(reply);
}

BusMessage Bus::call_with_strings(const BusTarget &target, const std::string &member,
                                  const std::vector<std::string> &arguments, const std::string &doing) {
    BusMessage message = method(target, member);
    for (const std::string &argument : arguments)
        check_bus(sd_bus_message_append_basic(message.get(), 's', argument.c_str()), doing);
    return call(message, doing);
}

std::string Bus::string_property(const BusTarget &target, const std::string &name) {
    BusErrorHolder holder;
    char *value = nullptr;
    const int result =
        sd_bus_get_property_string(get(), target.service.c_str(), target.path.c_str(),
                                   target.interface.c_str(), name.c_str(), &holder.error, &value);
    if (result < 0)
        raise(holder, result, "read " + name + " of " + target.path);
    const std::unique_ptr<char, decltype(&free)> owner(value, &free);
    return value;
}

namespace {

/// `type`: of D-Bus, for which sd-bus fills a `Value`.
template <typename Value>
Value trivial_property(sd_bus *bus, const BusTarget &target, const std::string &name, char type) {
    BusErrorHolder holder;
    Value value{};
    const int result =
        sd_bus_get_property_trivial(bus, target.service.c_str(), target.path.c_str(),
                                    target.interface.c_str(), name.c_str(), &holder.error, type, &value);
    if (result < 0)
        raise(holder, result, "read " + name + " of " + target.path);
    return value;
}

} // namespace

int Bus::int_property(const BusTarget &target, const std::string &name) {
    return trivial_property<int>(get(), target, name, 'i');
}

std::uint64_t Bus::uint64_property(const BusTarget &target, const std::string &name) {
    return trivial_property<std::uint64_t>(get(), target, name, 't');
}

BusSlot Bus::match_signal(const BusTarget &target, const std::string &member,
                          std::function<void(sd_bus_message *)> on_signal) {
    auto handler = std::make_unique<Handler>(Handler{std::move(on_signal), failure_.get()});
    sd_bus_slot *slot = nullptr;
    check_bus(sd_bus_match_signal(get(), &slot, target.service.c_str(),
                                  target.path.empty() ? nullptr : target.path.c_str(),
                                  target.interface.c_str(), member.c_str(), Handler::called, handler.get()),
              "wait for the signal " + target.interface + "." + member);
    sd_bus_slot_set_destroy_callback(slot, Handler::release);
    handler.release();
    return BusSlot(slot);
}

void Bus::process_pending() {
    while (check_bus(sd_bus_process(get(), nullptr), "handle messages of the system bus") > 0)
        rethrow_failure();
    rethrow_failure();
}

void Bus::rethrow_failure() {
    if (*failure_ != nullptr)
        std::rethrow_exception(std::exchange(*failure_, nullptr));
}

bool Bus::wait_until(const std::function<bool()> &done, std::chrono::steady_clock::time_point deadline,
                     const std::stop_token &stop) {
    using namespace std::chrono;
    // A stop request cannot wake sd_bus_wait, so no single wait is longer than this.
    constexpr milliseconds max_wait(200);
    for (;;) {
        process_pending();
        if (done())
            return true;
        const auto left = duration_cast<microseconds>(deadline - steady_clock::now());
        if (left.count() <= 0 || stop.stop_requested())
            return false;
        const auto wait = std::min<microseconds>(left, max_wait);
        const int result = sd_bus_wait(get(), static_cast<std::uint64_t>(wait.count()));
        if (result != -EINTR)
            check_bus(result, "wait for messages of the system bus");
    }
}

} // namespace partitions::base
