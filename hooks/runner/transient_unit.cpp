#include "hooks/runner/transient_unit.hpp"

#include "hooks/runner/sandbox.hpp"

#include <cstdlib>
#include <sys/mount.h>
#include <thread>

namespace hooks::runner {
namespace {

using namespace std::chrono_literals;

const std::string systemd = "org.freedesktop.systemd1";
const partitions::base::BusTarget manager{systemd, "/org/freedesktop/systemd1",
                                          "org.freedesktop.systemd1.Manager"};
constexpr auto time_to_stop = 10s;

std::string object_path(const std::string &unit) {
    char *path = nullptr;
    partitions::base::check_bus(sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit.c_str(), &path),
                                "name the unit " + unit);
    const std::unique_ptr<char, decltype(&free)> owner(path, &free);
    return path;
}

/// Appends to the array of properties, a(sv), of StartTransientUnit.
class Properties {
  public:
    explicit Properties(sd_bus_message *message) : message_(message) {}

    template <typename... Values> void add(const char *name, const char *signature, Values... values) {
        partitions::base::check_bus(sd_bus_message_append(message_, "(sv)", name, signature, values...),
                                    doing(name));
    }
    /// For properties that are arrays: `fill` appends the elements.
    template <typename Fill> void add_array(const char *name, const char *element_signature, Fill fill) {
        const std::string array = std::string("a") + element_signature;
        partitions::base::check_bus(sd_bus_message_open_container(message_, 'r', "sv"), doing(name));
        partitions::base::check_bus(sd_bus_message_append_basic(message_, 's', name), doing(name));
        partitions::base::check_bus(sd_bus_message_open_container(message_, 'v', array.c_str()), doing(name));
        partitions::base::check_bus(sd_bus_message_open_container(message_, 'a', element_signature),
                                    doing(name));
        fill(message_);
        for (int level = 0; level < 3; ++level)
            partitions::base::check_bus(sd_bus_message_close_container(message_), doing(name));
    }

    void add_value(const char *name, bool value) { add(name, "b", value ? 1 : 0); }
    void add_value(const char *name, std::int32_t value) { add(name, "i", value); }
    void add_value(const char *name, std::uint64_t value) { add(name, "t", value); }
    void add_value(const char *name, const std::string &value) { add(name, "s", value.c_str()); }
    void add_value(const char *name, const std::vector<std::string> &values) {
        add_array(name, "s", [&](sd_bus_message *message) { append(message, name, values); });
    }
    void add_value(const char *name, const ForbiddenCalls &forbidden) {
        partitions::base::check_bus(sd_bus_message_open_container(message_, 'r', "sv"), doing(name));
        partitions::base::check_bus(sd_bus_message_append_basic(message_, 's', name), doing(name));
        partitions::base::check_bus(sd_bus_message_open_container(message_, 'v', "(bas)"), doing(name));
        partitions::base::check_bus(sd_bus_message_open_container(message_, 'r', "bas"), doing(name));
        const int these_are_permitted = 0;
        partitions::base::check_bus(sd_bus_message_append_basic(message_, 'b', &these_are_permitted),
                                    doing(name));
        partitions::base::check_bus(sd_bus_message_open_container(message_, 'a', "s"), doing(name));
        append(message_, name, forbidden.names);
        for (int level = 0; level < 4; ++level)
            partitions::base::check_bus(sd_bus_message_close_container(message_), doing(name));
    }

  private:
    static void append(sd_bus_message *message, const char *name, const std::vector<std::string> &values) {
        for (const std::string &value : values)
            partitions::base::check_bus(sd_bus_message_append_basic(message, 's', value.c_str()),
                                        doing(name));
    }
    static std::string doing(const char *name) { return std::string("describe the hook's unit: ") + name; }
    sd_bus_message *message_;
};

void add_program(Properties &properties, const HookCall &call) {
    const std::string doing = "describe the program";
    // ExecStartEx, because only it can turn off the expansion of '$' in arguments.
    properties.add_array("ExecStartEx", "(sasas)", [&](sd_bus_message *message) {
        partitions::base::check_bus(sd_bus_message_open_container(message, 'r', "sasas"), doing);
        partitions::base::check_bus(sd_bus_message_append(message, "s", call.program.c_str()), doing);
        partitions::base::check_bus(sd_bus_message_open_container(message, 'a', "s"), doing);
        partitions::base::check_bus(sd_bus_message_append(message, "s", call.program.c_str()), doing);
        for (const std::string &argument : call.arguments)
            partitions::base::check_bus(sd_bus_message_append(message, "s", argument.c_str()), doing);
        partitions::base::check_bus(sd_bus_message_close_container(message), doing);
        partitions::base::check_bus(sd_bus_message_append(message, "as", 1, "no-env-expand"), doing);
        partitions::base::check_bus(sd_bus_message_close_container(message), doing);
    });
    properties.add_array("Environment", "s", [&](sd_bus_message *message) {
        for (const auto &[name, value] : call.environment)
            partitions::base::check_bus(sd_bus_message_append(message, "s", (name + "=" + value).c_str()),
                                        "describe the environment");
    });
}

void add_binds(Properties &properties, const char *property, const HookCall &call, bool read_only) {
    properties.add_array(property, "(ssbt)", [&](sd_bus_message *message) {
        for (const Bind &bind : call.binds)
            if (bind.read_only == read_only)
                partitions::base::check_bus(
                    sd_bus_message_append(message, "(ssbt)", bind.source.c_str(), bind.target.c_str(), 0,
                                          bind.recursive ? std::uint64_t{MS_REC} : std::uint64_t{0}),
                    "describe the binds");
    });
}

void add_sandbox(Properties &properties, const HookCall &call) {
    for (const UnitProperty &each : sandbox_of(call))
        std::visit([&](const auto &value) { properties.add_value(each.name.c_str(), value); }, each.value);
    add_binds(properties, "BindPaths", call, false);
    add_binds(properties, "BindReadOnlyPaths", call, true);
    properties.add_array("TemporaryFileSystem", "(ss)", [&](sd_bus_message *message) {
        for (const TemporaryFilesystem &one : temporary_filesystems_of(call))
            partitions::base::check_bus(
                sd_bus_message_append(message, "(ss)", one.target.c_str(), one.options.c_str()),
                "describe the temporary file systems");
    });
}

std::uint64_t microseconds(std::chrono::microseconds time) {
    return static_cast<std::uint64_t>(time.count());
}

/// "" when systemd knows no such unit.
std::string active_state(partitions::base::Bus &bus, const std::string &name) {
    try {
        bus.call_with_strings(manager, "GetUnit", {name}, "look for " + name);
        return bus.string_property({systemd, object_path(name), "org.freedesktop.systemd1.Unit"},
                                   "ActiveState");
    } catch (const partitions::base::BusError &error) {
        if (error.name() == "org.freedesktop.systemd1.NoSuchUnit" ||
            error.name() == "org.freedesktop.DBus.Error.UnknownObject")
            return "";
        throw;
    }
}

} // namespace

void end_unit(partitions::base::Bus &bus, const std::string &name) {
    // systemd unloads a unit a moment after its end.
    const auto deadline = std::chrono::steady_clock::now() + time_to_stop + 20s;
    while (!active_state(bus, name).empty()) {
        for (const char *method : {"StopUnit", "ResetFailedUnit"}) {
            try {
                const bool stop = method == std::string_view("StopUnit");
                bus.call_with_strings(manager, method,
                                      stop ? std::vector<std::string>{name, "replace"}
                                           : std::vector<std::string>{name},
                                      "end the " + name + " that is still there");
            } catch (const partitions::base::BusError &error) {
                if (error.name() != "org.freedesktop.systemd1.NoSuchUnit")
                    throw;
            }
        }
        if (std::chrono::steady_clock::now() > deadline)
            throw partitions::base::BusError(name + " of an earlier run is still there and does not end", "");
        std::this_thread::sleep_for(50ms);
    }
}

TransientUnit::TransientUnit(partitions::base::Bus &bus, std::string name, const HookCall &call,
                             int stdout_descriptor, int stderr_descriptor)
    : bus_(bus), name_(std::move(name)), path_(object_path(name_)) {
    bus_.call_with_strings(manager, "Subscribe", {}, "subscribe to systemd's signals");
    changes_ = bus_.match_signal({systemd, path_, "org.freedesktop.DBus.Properties"}, "PropertiesChanged",
                                 [this](sd_bus_message *) { look_again_ = true; });
    jobs_ = bus_.match_signal(manager, "JobRemoved", [this](sd_bus_message *message) {
        const char *job = nullptr;
        partitions::base::check_bus(sd_bus_message_read(message, "uo", nullptr, &job),
                                    "read systemd's JobRemoved signal");
        removed_jobs_.insert(job);
    });
    start(call, stdout_descriptor, stderr_descriptor);
}

TransientUnit::~TransientUnit() {
    try {
        if (!ended_)
            bus_.call_with_strings(manager, "StopUnit", {name_, "replace"}, "end " + name_);
        // Without our reference systemd unloads the unit as soon as it has ended.
        bus_.call_with_strings(manager, "UnrefUnit", {name_}, "release " + name_);
    } catch (const partitions::base::BusError &) { // NOLINT(bugprone-empty-catch)
        // Harmless: the next run ends and unloads the unit before it starts, and RuntimeMaxSec limits it.
    }
}

void TransientUnit::start(const HookCall &call, int stdout_descriptor, int stderr_descriptor) {
    end_unit(bus_, name_); // leftovers of a dead agent

    partitions::base::BusMessage message = bus_.method(manager, "StartTransientUnit");
    const std::string description = "update-control: " + call.program.filename().string();
    partitions::base::check_bus(sd_bus_message_append(message.get(), "ss", name_.c_str(), "fail"),
                                "describe the hook's unit");
    partitions::base::check_bus(sd_bus_message_open_container(message.get(), 'a', "(sv)"),
                                "describe the hook's unit");
    Properties properties(message.get());
    properties.add("Description", "s", description.c_str());
    // Stays loaded until its result has been read, then is unloaded whether it failed or not.
    properties.add("AddRef", "b", 1);
    properties.add("CollectMode", "s", "inactive-or-failed");
    properties.add("Type", "s", "exec");
    properties.add("RuntimeMaxUSec", "t", microseconds(call.time_limit));
    properties.add("TimeoutStopUSec", "t", microseconds(time_to_stop));
    properties.add("StandardOutputFileDescriptor", "h", stdout_descriptor);
    properties.add("StandardErrorFileDescriptor", "h", stderr_descriptor);
    add_program(properties, call);
    add_sandbox(properties, call);
    partitions::base::check_bus(sd_bus_message_close_container(message.get()), "describe the hook's unit");
    partitions::base::check_bus(sd_bus_message_append(message.get(), "a(sa(sv))", 0),
                                "describe the hook's unit");
    const partitions::base::BusMessage reply =
        bus_.call(message, "start " + call.program.string() + " as " + name_);
    const char *job = nullptr;
    partitions::base::check_bus(sd_bus_message_read(reply.get(), "o", &job),
                                "read the start job of " + name_);
    start_job_ = job;
}

bool TransientUnit::ended() {
    // Before the start job is done the unit may be inactive because it has not started yet.
    if (!ended_ && look_again_ && removed_jobs_.contains(start_job_)) {
        // Reset before the query, so that a change during it is not lost.
        look_again_ = false;
        const std::string state = active_state(bus_, name_);
        ended_ = state == "inactive" || state == "failed" || state.empty();
    }
    return ended_;
}

void TransientUnit::stop() {
    bus_.call_with_strings(manager, "StopUnit", {name_, "replace"}, "end " + name_);
    look_again_ = true;
}

UnitEnd TransientUnit::end() {
    const partitions::base::BusTarget service{systemd, path_, "org.freedesktop.systemd1.Service"};
    UnitEnd end;
    end.result = bus_.string_property(service, "Result");
    end.main_code = bus_.int_property(service, "ExecMainCode");
    end.main_status = bus_.int_property(service, "ExecMainStatus");
    return end;
}

} // namespace hooks::runner
