#include "hooks/runner/unit_description.hpp"

#include "hooks/runner/sandbox.hpp"

#include <sys/mount.h>

namespace hooks::runner {
namespace {

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

} // namespace

partitions::base::BusMessage start_transient_unit(partitions::base::Bus &bus, const std::string &name,
                                                  const HookCall &call, const OutputDescriptors &output) {
    partitions::base::BusMessage message = bus.method(systemd_manager, "StartTransientUnit");
    const std::string description = "update-control: " + call.program.filename().string();
    partitions::base::check_bus(sd_bus_message_append(message.get(), "ss", name.c_str(), "fail"),
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
    properties.add("StandardOutputFileDescriptor", "h", output.standard_output);
    properties.add("StandardErrorFileDescriptor", "h", output.standard_error);
    add_program(properties, call);
    add_sandbox(properties, call);
    partitions::base::check_bus(sd_bus_message_close_container(message.get()), "describe the hook's unit");
    partitions::base::check_bus(sd_bus_message_append(message.get(), "a(sa(sv))", 0),
                                "describe the hook's unit");
    return message;
}

} // namespace hooks::runner
