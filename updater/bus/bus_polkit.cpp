#include "updater/bus/bus_polkit.hpp"

#include "partitions/base/bus.hpp"

#include <cerrno>
#include <new>
#include <string_view>
#include <utility>

namespace updater::bus {

namespace {

constexpr const char *polkit_name = "org.freedesktop.PolicyKit1";
constexpr const char *asking_polkit = "ask polkit";

partitions::base::BusMessage question_message(sd_bus *bus, const std::string &bus_name,
                                              const std::string &group) {
    constexpr std::uint32_t no_user_interaction = 0;
    sd_bus_message *raw = nullptr;
    partitions::base::check_bus(
        sd_bus_message_new_method_call(bus, &raw, polkit_name, "/org/freedesktop/PolicyKit1/Authority",
                                       "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization"),
        asking_polkit);
    partitions::base::BusMessage message(raw);
    partitions::base::check_bus(sd_bus_message_append(raw, "(sa{sv})s", "system-bus-name", 1, "name", "s",
                                                      bus_name.c_str(), polkit_action),
                                asking_polkit);
    // The details, which the rules read with action.lookup("group").
    partitions::base::check_bus(sd_bus_message_open_container(raw, 'a', "{ss}"), asking_polkit);
    if (!group.empty())
        partitions::base::check_bus(sd_bus_message_append(raw, "{ss}", "group", group.c_str()),
                                    asking_polkit);
    partitions::base::check_bus(sd_bus_message_close_container(raw), asking_polkit);
    partitions::base::check_bus(sd_bus_message_append(raw, "us", no_user_interaction, ""), asking_polkit);
    return message;
}

std::string trouble_of(const sd_bus_error &error) {
    const std::string_view name = error.name;
    if (name == SD_BUS_ERROR_SERVICE_UNKNOWN || name == SD_BUS_ERROR_NAME_HAS_NO_OWNER)
        return "there is no polkit on this appliance (package polkitd)";
    if (name == SD_BUS_ERROR_NO_REPLY || name == SD_BUS_ERROR_TIMEOUT || name == "System.Error.ETIMEDOUT")
        return "polkit does not answer";
    return std::string("polkit failed: ") + (error.message != nullptr ? error.message : error.name);
}

Verdict verdict_of(sd_bus_message *reply) {
    if (const sd_bus_error *error = sd_bus_message_get_error(reply); error != nullptr)
        return {.trouble = trouble_of(*error)};
    int is_authorized = 0;
    // The rest says whether a password would help; nobody is asked for one here.
    if (sd_bus_message_has_signature(reply, "(bba{ss})") <= 0 ||
        sd_bus_message_enter_container(reply, 'r', "bba{ss}") < 0 ||
        sd_bus_message_read(reply, "b", &is_authorized) < 0)
        return {.trouble = "polkit's answer cannot be read"};
    return {.may = is_authorized != 0};
}

} // namespace

struct PolkitAuthority::Question {
    PolkitAuthority &authority;
    Said said;
    std::list<Question>::iterator place;
    partitions::base::BusSlot slot;
};

PolkitAuthority::PolkitAuthority(sd_bus *bus, std::chrono::microseconds time_limit)
    : bus_(bus), time_limit_(time_limit) {}
PolkitAuthority::~PolkitAuthority() = default;

void PolkitAuthority::ask(const std::string &bus_name, const std::string &group, Said said) {
    if (open_.size() >= max_questions) {
        said({.trouble = "polkit has not answered " + std::to_string(max_questions) + " questions"});
        return;
    }
    open_.push_front({*this, said, {}, nullptr});
    open_.front().place = open_.begin();
    try {
        send(open_.front(), bus_name, group);
    } catch (const partitions::base::BusError &failure) {
        // For the caller this is a no.
        open_.pop_front();
        said({.trouble = failure.what()});
    }
}

void PolkitAuthority::send(Question &question, const std::string &bus_name, const std::string &group) {
    const partitions::base::BusMessage message = question_message(bus_, bus_name, group);
    sd_bus_slot *slot = nullptr;
    partitions::base::check_bus(sd_bus_call_async(bus_, &slot, message.get(), answered, &question,
                                                  static_cast<std::uint64_t>(time_limit_.count())),
                                asking_polkit);
    question.slot.reset(slot);
}

int PolkitAuthority::answered(sd_bus_message *reply, void *user_data, sd_bus_error *) noexcept {
    try {
        Question &question = *static_cast<Question *>(user_data);
        const Said said = std::move(question.said);
        question.authority.open_.erase(question.place);
        said(verdict_of(reply));
        return 1;
    } catch (const std::bad_alloc &) {
        return -ENOMEM;
    }
}

} // namespace updater::bus
