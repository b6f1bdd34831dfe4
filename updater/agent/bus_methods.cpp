#include "updater/agent/bus_methods.hpp"

#include "updater/configuration/appliance.hpp"
#include "updater/refusal.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <new>
#include <string_view>

namespace updater {

namespace {

// An argument that cannot be what the method asks for.
class InvalidArgument : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

class AccessDenied : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

void check_read(int result) {
    if (result < 0)
        throw InvalidArgument("the message's arguments cannot be read");
}

int answer_error(sd_bus_error *error, const char *name, const std::string &message) {
    return sd_bus_error_set(error, name, message.c_str());
}

// Every method goes through here: no exception may pass into sd-bus, which is C.
template <typename Work> int answer(sd_bus_error *error, const Work &work) noexcept {
    try {
        return work();
    } catch (const Refused &refused) {
        return answer_error(error, "org.updatecontrol.Error.Refused",
                            std::string(refused.what()) + "\n" + refused.next_step());
    } catch (const Busy &busy) {
        return answer_error(error, "org.updatecontrol.Error.Busy", busy.what());
    } catch (const NotPossible &not_possible) {
        return answer_error(error, "org.updatecontrol.Error.NotPossible", not_possible.what());
    } catch (const AccessDenied &denied) {
        return answer_error(error, SD_BUS_ERROR_ACCESS_DENIED, denied.what());
    } catch (const InvalidArgument &invalid) {
        return answer_error(error, SD_BUS_ERROR_INVALID_ARGS, invalid.what());
    } catch (const std::bad_alloc &) {
        return -ENOMEM;
    } catch (const std::exception &failure) {
        return answer_error(error, "org.updatecontrol.Error.Failed", failure.what());
    }
}

struct CredentialsCloser {
    void operator()(sd_bus_creds *credentials) const { sd_bus_creds_unref(credentials); }
};

void require_privileged(sd_bus_message *call, uid_t privileged_user) {
    sd_bus_creds *raw = nullptr;
    // Asked from the bus itself, which had it from the kernel; nothing that the sender says counts.
    int result = sd_bus_query_sender_creds(call, SD_BUS_CREDS_EUID, &raw);
    const std::unique_ptr<sd_bus_creds, CredentialsCloser> credentials(raw);
    uid_t user = 0;
    if (result >= 0)
        result = sd_bus_creds_get_euid(raw, &user);
    if (result < 0)
        throw AccessDenied("it cannot be told who asks, so nothing is changed");
    if (user != privileged_user)
        throw AccessDenied("only root may do this; the state may be asked for by everyone");
}

std::string read_source(sd_bus_message *call) {
    const char *raw = nullptr;
    check_read(sd_bus_message_read(call, "s", &raw));
    std::string source(raw);
    if (source.size() > longest_source_bytes)
        throw InvalidArgument("the path or URL is longer than " + std::to_string(longest_source_bytes) +
                              " bytes");
    if (std::any_of(source.begin(), source.end(),
                    [](char byte) { return static_cast<unsigned char>(byte) < 0x20U || byte == 0x7F; }))
        throw InvalidArgument("the path or URL holds control characters");
    return source;
}

struct InstallOptions {
    bool force = false;
};

InstallOptions read_options(sd_bus_message *call) {
    InstallOptions options;
    check_read(sd_bus_message_enter_container(call, 'a', "{sv}"));
    for (;;) {
        const int entered = sd_bus_message_enter_container(call, 'e', "sv");
        check_read(entered);
        if (entered == 0)
            break;
        const char *name = nullptr;
        check_read(sd_bus_message_read(call, "s", &name));
        // An option that is not known may forbid what is about to be done, so it is an error.
        if (std::string_view(name) != "force")
            throw InvalidArgument("this agent knows no such option; it knows: force");
        int value = 0;
        if (sd_bus_message_read(call, "v", "b", &value) < 0)
            throw InvalidArgument("the option force must be a boolean");
        options.force = value != 0;
        check_read(sd_bus_message_exit_container(call));
    }
    check_read(sd_bus_message_exit_container(call));
    return options;
}

const BusMethods &methods_of(void *user_data) {
    return *static_cast<const BusMethods *>(user_data);
}

int install(sd_bus_message *call, void *user_data, sd_bus_error *error) {
    return answer(error, [&] {
        const BusMethods &methods = methods_of(user_data);
        require_privileged(call, methods.privileged_user);
        const std::string source = read_source(call);
        const InstallOptions options = read_options(call);
        const std::string job = methods.requests.install(source, options.force);
        return sd_bus_reply_method_return(call, "s", job.c_str());
    });
}

int download(sd_bus_message *call, void *user_data, sd_bus_error *error) {
    return answer(error, [&] {
        const BusMethods &methods = methods_of(user_data);
        require_privileged(call, methods.privileged_user);
        const std::string job = methods.requests.download(read_source(call));
        return sd_bus_reply_method_return(call, "s", job.c_str());
    });
}

int cancel(sd_bus_message *call, void *user_data, sd_bus_error *error) {
    return answer(error, [&] {
        const BusMethods &methods = methods_of(user_data);
        require_privileged(call, methods.privileged_user);
        methods.requests.cancel();
        return sd_bus_reply_method_return(call, "");
    });
}

int roll_back(sd_bus_message *call, void *user_data, sd_bus_error *error) {
    return answer(error, [&] {
        const BusMethods &methods = methods_of(user_data);
        require_privileged(call, methods.privileged_user);
        int force = 0;
        check_read(sd_bus_message_read(call, "b", &force));
        methods.requests.rollback(force != 0);
        return sd_bus_reply_method_return(call, "");
    });
}

int set_install_rate(sd_bus_message *call, void *user_data, sd_bus_error *error) {
    return answer(error, [&] {
        const BusMethods &methods = methods_of(user_data);
        require_privileged(call, methods.privileged_user);
        std::uint64_t mib_per_second = 0;
        check_read(sd_bus_message_read(call, "t", &mib_per_second));
        if (mib_per_second > most_install_mib_per_second)
            throw InvalidArgument("the rate is larger than " + std::to_string(most_install_mib_per_second) +
                                  " MiB per second; 0 means no limit");
        methods.requests.set_install_rate(mib_per_second);
        return sd_bus_reply_method_return(call, "");
    });
}

int check(sd_bus_message *call, void *user_data, sd_bus_error *error) {
    return answer(error, [&] {
        const BusMethods &methods = methods_of(user_data);
        require_privileged(call, methods.privileged_user);
        methods.requests.check();
        return sd_bus_reply_method_return(call, "");
    });
}

int get_state(sd_bus_message *call, void *user_data, sd_bus_error *error) {
    return answer(error, [&] {
        const std::string document = document_text(methods_of(user_data).requests.state());
        return sd_bus_reply_method_return(call, "s", document.c_str());
    });
}

int get_firmware(sd_bus_message *call, void *user_data, sd_bus_error *error) {
    return answer(error, [&] {
        const std::string document = document_text(methods_of(user_data).requests.firmware());
        return sd_bus_reply_method_return(call, "s", document.c_str());
    });
}

int get_events(sd_bus_message *call, void *user_data, sd_bus_error *error) {
    return answer(error, [&] {
        std::uint64_t after = 0;
        check_read(sd_bus_message_read(call, "t", &after));
        const std::string document = document_text(methods_of(user_data).requests.events(after));
        return sd_bus_reply_method_return(call, "s", document.c_str());
    });
}

} // namespace

std::string document_text(const nlohmann::json &document) {
    return document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

const sd_bus_vtable *agent_vtable() {
    // All marked unprivileged: sd-bus's own check asks for capabilities, ours asks for the user.
    static const sd_bus_vtable table[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("Install", "sa{sv}", "s", install, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Download", "s", "s", download, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Cancel", "", "", cancel, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Rollback", "b", "", roll_back, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("SetInstallRate", "t", "", set_install_rate, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Check", "", "", check, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("GetState", "", "s", get_state, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("GetFirmware", "", "s", get_firmware, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("GetEvents", "t", "s", get_events, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_SIGNAL("StateChanged", "s", 0),
        SD_BUS_VTABLE_END};
    return table;
}

} // namespace updater
