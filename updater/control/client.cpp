#include "updater/control/client.hpp"

#include "partitions/base/bus.hpp"
#include "updater/bus/bus_names.hpp"
#include "updater/control/command_line.hpp"

#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

namespace updater::control {

namespace {

constexpr std::uint64_t quick_microseconds = 10'000'000;
constexpr std::uint64_t with_checks_microseconds = 60'000'000;

void check_built(int result) {
    if (result == -EINVAL)
        throw UsageError(
            "an argument is not UTF-8, so it cannot be sent to the agent; give the file another name");
    if (result < 0)
        throw AgentUnreachable(std::string("a D-Bus message cannot be made: ") + std::strerror(-result));
}

/// The source and the options as Install and DryRun take them. An older agent knows `force` alone, so the
/// others are left out unless they are wanted.
void append_wanted(sd_bus_message *call, const std::string &source, const job::InstallOptions &options) {
    check_built(sd_bus_message_append(call, "s", source.c_str()));
    check_built(sd_bus_message_open_container(call, 'a', "{sv}"));
    check_built(sd_bus_message_append(call, "{sv}", "force", "b", options.force ? 1 : 0));
    if (options.stop_on_conflict) {
        std::vector<char *> paths;
        for (const std::string &path : options.known_conflicts)
            paths.push_back(const_cast<char *>(path.c_str())); // NOLINT: as sd-bus wants it
        paths.push_back(nullptr);
        check_built(sd_bus_message_append(call, "{sv}", "stop-on-conflict", "b", 1));
        check_built(sd_bus_message_open_container(call, 'e', "sv"));
        check_built(sd_bus_message_append(call, "s", "known-conflicts"));
        check_built(sd_bus_message_open_container(call, 'v', "as"));
        check_built(sd_bus_message_append_strv(call, paths.data()));
        check_built(sd_bus_message_close_container(call));
        check_built(sd_bus_message_close_container(call));
    }
    check_built(sd_bus_message_close_container(call));
}

// Whether the agent, or the bus's policy for it, gave this answer. Every other error means that the agent is
// not there.
bool is_an_answer(std::string_view error_name) {
    return error_name.starts_with(bus::agent_error_prefix) || error_name == SD_BUS_ERROR_ACCESS_DENIED ||
           error_name == SD_BUS_ERROR_INVALID_ARGS || error_name == SD_BUS_ERROR_UNKNOWN_METHOD ||
           error_name == SD_BUS_ERROR_UNKNOWN_INTERFACE || error_name == SD_BUS_ERROR_UNKNOWN_OBJECT ||
           error_name == SD_BUS_ERROR_NO_MEMORY;
}

AgentError unreadable_answer() {
    return {
        "org.updatecontrol.Error.Failed",
        "the agent's answer cannot be read; do update-control and update-agent belong to the same version? "
        "See: systemctl status update-agent"};
}

} // namespace

Client::Message Client::new_call(const char *method) {
    if (!bus_ || sd_bus_is_open(bus_.get()) <= 0) {
        sd_bus *fresh = nullptr;
        const int result = sd_bus_open_system(&fresh);
        bus_.reset(fresh);
        if (result < 0)
            throw AgentUnreachable(std::string("the system bus cannot be reached: ") +
                                   std::strerror(-result));
    }
    sd_bus_message *call = nullptr;
    check_built(sd_bus_message_new_method_call(bus_.get(), &call, bus::agent_bus_name, bus::agent_object_path,
                                               bus::agent_interface, method));
    return Message(call);
}

Client::Message Client::send(Message call, std::uint64_t microseconds) {
    partitions::base::BusErrorHolder holder;
    sd_bus_message *reply = nullptr;
    const int result = sd_bus_call(bus_.get(), call.get(), microseconds, &holder.error, &reply);
    if (result >= 0) {
        Message answer(reply);
        const char *sender = sd_bus_message_get_sender(reply);
        answered_by_ = sender != nullptr ? sender : "";
        return answer;
    }
    if (holder.error.name == nullptr)
        throw AgentUnreachable(std::string("the agent does not answer: ") + std::strerror(-result));
    const std::string message = holder.error.message != nullptr ? holder.error.message : holder.error.name;
    if (std::string_view(holder.error.name) == SD_BUS_ERROR_LIMITS_EXCEEDED)
        throw AgentLimitsCalls(holder.error.name, message);
    if (is_an_answer(holder.error.name))
        throw AgentError(holder.error.name, message);
    throw AgentUnreachable("the agent does not answer: " + message);
}

std::string Client::send_for_text(Message call, std::uint64_t microseconds) {
    const Message reply = send(std::move(call), microseconds);
    const char *text = nullptr;
    if (sd_bus_message_read(reply.get(), "s", &text) < 0)
        throw unreadable_answer();
    return text;
}

std::uint64_t Client::send_for_number(Message call) {
    const Message reply = send(std::move(call), quick_microseconds);
    std::uint64_t number = 0;
    if (sd_bus_message_read(reply.get(), "t", &number) < 0)
        throw unreadable_answer();
    return number;
}

std::uint64_t Client::snapshot(const std::string &verb, const std::string &name) {
    Message call = new_call("Snapshot");
    check_built(sd_bus_message_append(call.get(), "ss", verb.c_str(), name.c_str()));
    return send_for_number(std::move(call));
}

std::uint64_t Client::export_snapshot(const std::string &name, int file, const SnapshotKeys &keys) {
    return exchange_snapshot("ExportSnapshot", name, file, keys);
}

std::uint64_t Client::import_snapshot(const std::string &name, int file, const SnapshotKeys &keys) {
    return exchange_snapshot("ImportSnapshot", name, file, keys);
}

std::uint64_t Client::exchange_snapshot(const char *method, const std::string &name, int file,
                                        const SnapshotKeys &keys) {
    Message call = new_call(method);
    check_built(sd_bus_message_append(call.get(), "shs", name.c_str(), file, keys.pem.c_str()));
    check_built(sd_bus_message_append_array(call.get(), 'y', keys.password.data(), keys.password.size()));
    return send_for_number(std::move(call));
}

std::string Client::snapshots() {
    return send_for_text(new_call("GetSnapshots"), quick_microseconds);
}

void Client::drain(bool keep_over_restart, std::uint64_t max_wait_seconds) {
    Message call = new_call("Drain");
    check_built(sd_bus_message_append(call.get(), "bt", keep_over_restart ? 1 : 0, max_wait_seconds));
    send(std::move(call), quick_microseconds);
}

void Client::resume() {
    send(new_call("Resume"), quick_microseconds);
}

std::string Client::queue() {
    return send_for_text(new_call("GetQueue"), quick_microseconds);
}

std::uint64_t Client::role(const std::string &verb) {
    Message call = new_call("Role");
    check_built(sd_bus_message_append(call.get(), "s", verb.c_str()));
    return send_for_number(std::move(call));
}

std::uint64_t Client::test_message() {
    return send_for_number(new_call("TestMessage"));
}

std::string Client::node() {
    return send_for_text(new_call("GetNode"), quick_microseconds);
}

std::string Client::install(const std::string &source, const job::InstallOptions &options) {
    Message call = new_call("Install");
    append_wanted(call.get(), source, options);
    return send_for_text(std::move(call), with_checks_microseconds);
}

std::string Client::download(const std::string &source) {
    Message call = new_call("Download");
    check_built(sd_bus_message_append(call.get(), "s", source.c_str()));
    return send_for_text(std::move(call), with_checks_microseconds);
}

void Client::cancel() {
    send(new_call("Cancel"), quick_microseconds);
}

void Client::roll_back(bool force) {
    Message call = new_call("Rollback");
    check_built(sd_bus_message_append(call.get(), "b", force ? 1 : 0));
    send(std::move(call), with_checks_microseconds);
}

std::string Client::drop_previous(bool really, bool force) {
    Message call = new_call("DropPrevious");
    check_built(sd_bus_message_append(call.get(), "bb", really ? 1 : 0, force ? 1 : 0));
    return send_for_text(std::move(call), with_checks_microseconds);
}

void Client::check(bool about_to_install) {
    Message call = new_call("Check");
    check_built(sd_bus_message_append(call.get(), "b", about_to_install ? 1 : 0));
    send(std::move(call), quick_microseconds);
}

std::uint64_t Client::check_firmware(const std::string &source) {
    Message call = new_call("CheckFirmware");
    check_built(sd_bus_message_append(call.get(), "s", source.c_str()));
    return send_for_number(std::move(call));
}

void Client::verify(const std::string &slots) {
    Message call = new_call("Verify");
    check_built(sd_bus_message_append(call.get(), "s", slots.c_str()));
    send(std::move(call), quick_microseconds);
}

void Client::back_up(bool force) {
    Message call = new_call("BackUp");
    check_built(sd_bus_message_append(call.get(), "b", force ? 1 : 0));
    send(std::move(call), quick_microseconds);
}

std::string Client::restore_copy(bool really) {
    Message call = new_call("RestoreCopy");
    check_built(sd_bus_message_append(call.get(), "b", really ? 1 : 0));
    return send_for_text(std::move(call), with_checks_microseconds);
}

std::uint64_t Client::dry_run(const std::string &source, const job::InstallOptions &options) {
    Message call = new_call("DryRun");
    append_wanted(call.get(), source, options);
    return send_for_number(std::move(call));
}

std::string Client::schedule(const std::string &source, bool force, const std::string &calendar) {
    Message call = new_call("Schedule");
    check_built(sd_bus_message_append(call.get(), "sa{sv}s", source.c_str(), 1, "force", "b", force ? 1 : 0,
                                      calendar.c_str()));
    return send_for_text(std::move(call), with_checks_microseconds);
}

std::string Client::postpone(const std::string &calendar) {
    Message call = new_call("Postpone");
    check_built(sd_bus_message_append(call.get(), "s", calendar.c_str()));
    return send_for_text(std::move(call), with_checks_microseconds);
}

void Client::cancel_scheduled() {
    send(new_call("CancelScheduled"), with_checks_microseconds);
}

void Client::something_may_be_due() {
    send(new_call("WindowOpens"), quick_microseconds);
}

void Client::set_install_rate(std::uint64_t mib_per_second) {
    Message call = new_call("SetInstallRate");
    check_built(sd_bus_message_append(call.get(), "t", mib_per_second));
    send(std::move(call), quick_microseconds);
}

std::string Client::state(std::chrono::seconds max_wait) {
    return send_for_text(new_call("GetState"),
                         static_cast<std::uint64_t>(std::chrono::microseconds(max_wait).count()));
}

std::string Client::firmware() {
    return send_for_text(new_call("GetFirmware"), with_checks_microseconds);
}

std::string Client::checks() {
    return send_for_text(new_call("GetChecks"), quick_microseconds);
}

std::string Client::verification() {
    return send_for_text(new_call("GetVerification"), quick_microseconds);
}

std::string Client::history() {
    return send_for_text(new_call("GetHistory"), quick_microseconds);
}

std::string Client::events(std::uint64_t after_sequence) {
    Message call = new_call("GetEvents");
    check_built(sd_bus_message_append(call.get(), "t", after_sequence));
    return send_for_text(std::move(call), quick_microseconds);
}

} // namespace updater::control
