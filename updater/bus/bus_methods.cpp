#include "updater/bus/bus_methods.hpp"

#include "updater/bus/node_methods.hpp"
#include "updater/bus/snapshot_methods.hpp"
#include "updater/configuration/appliance.hpp"
#include "updater/services/calendar.hpp"

#include <algorithm>
#include <string_view>

namespace updater::bus {

namespace {

void check_read(int result) {
    if (result < 0)
        throw InvalidArgument("the message's arguments cannot be read");
}

std::string read_text(sd_bus_message *call, const std::string &what, std::size_t max_bytes) {
    const char *raw = nullptr;
    check_read(sd_bus_message_read(call, "s", &raw));
    std::string text(raw);
    if (text.size() > max_bytes)
        throw InvalidArgument(what + " is longer than " + std::to_string(max_bytes) + " bytes");
    if (std::any_of(text.begin(), text.end(),
                    [](char byte) { return static_cast<unsigned char>(byte) < 0x20U || byte == 0x7F; }))
        throw InvalidArgument(what + " holds control characters");
    return text;
}

std::string read_source(sd_bus_message *call) {
    return read_text(call, "the path or URL", max_source_bytes);
}

std::string read_calendar(sd_bus_message *call) {
    return read_text(call, "the time", services::max_calendar_bytes);
}

using job::InstallOptions;

bool read_boolean(sd_bus_message *call, const std::string &name) {
    int value = 0;
    if (sd_bus_message_read(call, "v", "b", &value) < 0)
        throw InvalidArgument("the option " + name + " must be a boolean");
    return value != 0;
}

std::vector<std::string> read_known_conflicts(sd_bus_message *call) {
    std::vector<std::string> paths;
    if (sd_bus_message_enter_container(call, 'v', "as") < 0)
        throw InvalidArgument("the option known-conflicts must be a list of paths");
    check_read(sd_bus_message_enter_container(call, 'a', "s"));
    while (sd_bus_message_at_end(call, 0) == 0) {
        paths.push_back(read_text(call, "a known conflict", job::max_known_conflict_bytes));
        if (!paths.back().starts_with('/'))
            throw InvalidArgument("a known conflict must be an absolute path");
        if (const std::string excess = job::excess_of(paths); !excess.empty())
            throw InvalidArgument(excess);
    }
    check_read(sd_bus_message_exit_container(call));
    check_read(sd_bus_message_exit_container(call));
    return paths;
}

void read_option(sd_bus_message *call, const std::string &name, InstallOptions &options) {
    if (name == "force")
        options.force = read_boolean(call, name);
    else if (name == "stop-on-conflict")
        options.stop_on_conflict = read_boolean(call, name);
    else if (name == "known-conflicts")
        options.known_conflicts = read_known_conflicts(call);
    else // it may be a restriction
        throw InvalidArgument(
            "this agent knows no such option; it knows: force, stop-on-conflict, known-conflicts");
}

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
        read_option(call, name, options);
        check_read(sd_bus_message_exit_container(call));
    }
    check_read(sd_bus_message_exit_container(call));
    return options;
}

int install(sd_bus_message *call, AgentRequests &requests) {
    const std::string source = read_source(call);
    const InstallOptions options = read_options(call);
    const std::string job = requests.install(source, options);
    return sd_bus_reply_method_return(call, "s", job.c_str());
}

int download(sd_bus_message *call, AgentRequests &requests) {
    const std::string job = requests.download(read_source(call));
    return sd_bus_reply_method_return(call, "s", job.c_str());
}

int cancel(sd_bus_message *call, AgentRequests &requests) {
    requests.cancel();
    return sd_bus_reply_method_return(call, "");
}

int roll_back(sd_bus_message *call, AgentRequests &requests) {
    int force = 0;
    check_read(sd_bus_message_read(call, "b", &force));
    requests.rollback(force != 0);
    return sd_bus_reply_method_return(call, "");
}

int set_install_rate(sd_bus_message *call, AgentRequests &requests) {
    std::uint64_t mib_per_second = 0;
    check_read(sd_bus_message_read(call, "t", &mib_per_second));
    if (mib_per_second > configuration::max_install_mib_per_second)
        throw InvalidArgument("the rate is larger than " +
                              std::to_string(configuration::max_install_mib_per_second) +
                              " MiB per second; 0 means no limit");
    requests.set_install_rate(mib_per_second);
    return sd_bus_reply_method_return(call, "");
}

int check(sd_bus_message *call, AgentRequests &requests) {
    int about_to_install = 0;
    check_read(sd_bus_message_read(call, "b", &about_to_install));
    requests.check(about_to_install != 0);
    return sd_bus_reply_method_return(call, "");
}

int check_firmware(sd_bus_message *call, AgentRequests &requests) {
    return sd_bus_reply_method_return(call, "t", requests.check_firmware(read_source(call)));
}

int verify(sd_bus_message *call, AgentRequests &requests) {
    constexpr std::size_t max_slots_bytes = 8;
    requests.verify(read_text(call, "the slot", max_slots_bytes));
    return sd_bus_reply_method_return(call, "");
}

int back_up(sd_bus_message *call, AgentRequests &requests) {
    int force = 0;
    check_read(sd_bus_message_read(call, "b", &force));
    requests.back_up(force != 0);
    return sd_bus_reply_method_return(call, "");
}

int dry_run(sd_bus_message *call, AgentRequests &requests) {
    const std::string source = read_source(call);
    return sd_bus_reply_method_return(call, "t", requests.dry_run(source, read_options(call)));
}

int get_checks(sd_bus_message *call, AgentRequests &requests) {
    return sd_bus_reply_method_return(call, "s", document_text(requests.checks()).c_str());
}

int reply_with(sd_bus_message *call, nlohmann::json document) {
    document["format"] = 1;
    return sd_bus_reply_method_return(call, "s", document_text(document).c_str());
}

int schedule(sd_bus_message *call, AgentRequests &requests) {
    const std::string source = read_source(call);
    const InstallOptions options = read_options(call);
    if (options.stop_on_conflict)
        throw InvalidArgument("the option stop-on-conflict is for an installation that begins now");
    return reply_with(call, requests.schedule(source, options.force, read_calendar(call)));
}

int cancel_scheduled(sd_bus_message *call, AgentRequests &requests) {
    requests.cancel_scheduled();
    return sd_bus_reply_method_return(call, "");
}

int postpone(sd_bus_message *call, AgentRequests &requests) {
    return reply_with(call, {{"postponed_until", requests.postpone(read_calendar(call))}});
}

int something_may_be_due(sd_bus_message *call, AgentRequests &requests) {
    requests.something_may_be_due();
    return sd_bus_reply_method_return(call, "");
}

int drop_previous(sd_bus_message *call, AgentRequests &requests) {
    int really = 0;
    int force = 0;
    check_read(sd_bus_message_read(call, "bb", &really, &force));
    return reply_with(call, requests.drop_previous(really != 0, force != 0));
}

int restore_copy(sd_bus_message *call, AgentRequests &requests) {
    int really = 0;
    check_read(sd_bus_message_read(call, "b", &really));
    return reply_with(call, requests.restore_copy(really != 0));
}

const BusMethods &methods_of(void *user_data) {
    return *static_cast<const BusMethods *>(user_data);
}

/// In the form that sd-bus calls.
template <Change change> int if_permitted(sd_bus_message *call, void *user_data, sd_bus_error *error) {
    return answer_if_permitted(call, methods_of(user_data), error, change);
}

template <Change change> int if_root(sd_bus_message *call, void *user_data, sd_bus_error *error) {
    return answer_if_permitted(call, methods_of(user_data), error, change, Who::root_alone);
}

int snapshot(sd_bus_message *call, void *user_data, sd_bus_error *error) {
    return answer_if_permitted(call, methods_of(user_data), error, begin_snapshot_work,
                               who_may_begin_snapshot_work(call));
}

/// A method that returns this document.
template <nlohmann::json (AgentRequests::*document)() const>
int get(sd_bus_message *call, void *user_data, sd_bus_error *error) {
    return answer(error, [&] {
        require_within_limit(call, methods_of(user_data));
        const std::string text = document_text((methods_of(user_data).requests.*document)());
        return sd_bus_reply_method_return(call, "s", text.c_str());
    });
}

int get_events(sd_bus_message *call, void *user_data, sd_bus_error *error) {
    return answer(error, [&] {
        require_within_limit(call, methods_of(user_data));
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
    // All marked unprivileged: sd-bus would check capabilities; if_permitted checks the user instead.
    static const sd_bus_vtable table[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("Install", "sa{sv}", "s", if_permitted<install>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Download", "s", "s", if_permitted<download>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Cancel", "", "", if_permitted<cancel>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Rollback", "b", "", if_permitted<roll_back>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("SetInstallRate", "t", "", if_permitted<set_install_rate>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Check", "b", "", if_permitted<check>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("CheckFirmware", "s", "t", if_permitted<check_firmware>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Verify", "s", "", if_permitted<verify>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("BackUp", "b", "", if_permitted<back_up>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("RestoreCopy", "b", "s", if_permitted<restore_copy>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("DryRun", "sa{sv}", "t", if_permitted<dry_run>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Snapshot", "ss", "t", snapshot, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("ExportSnapshot", "shsay", "t", if_root<export_snapshot>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("ImportSnapshot", "shsay", "t", if_root<import_snapshot>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("GetSnapshots", "", "s", if_permitted<get_snapshots>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Drain", "bt", "", if_permitted<drain>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Resume", "", "", if_permitted<resume>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("GetQueue", "", "s", if_permitted<get_queue>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Role", "s", "t", if_permitted<begin_role>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("TestMessage", "", "t", if_permitted<begin_test_message>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("GetNode", "", "s", if_permitted<get_node>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Schedule", "sa{sv}s", "s", if_permitted<schedule>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("CancelScheduled", "", "", if_permitted<cancel_scheduled>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Postpone", "s", "s", if_permitted<postpone>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("WindowOpens", "", "", if_permitted<something_may_be_due>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("DropPrevious", "bb", "s", if_permitted<drop_previous>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("GetState", "", "s", get<&AgentRequests::state>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("GetFirmware", "", "s", get<&AgentRequests::firmware>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("GetChecks", "", "s", if_permitted<get_checks>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("GetVerification", "", "s", get<&AgentRequests::verification>,
                      SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("GetHistory", "", "s", get<&AgentRequests::history>, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("GetEvents", "t", "s", get_events, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_SIGNAL("StateChanged", "s", 0),
        SD_BUS_SIGNAL("Notice", "ssss", 0), // kind, version, subject, text
        SD_BUS_VTABLE_END};
    return table;
}

} // namespace updater::bus
