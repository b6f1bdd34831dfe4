// The unit properties of a hook's sandbox (systemd.exec(5), systemd.resource-control(5)), without the binds.
// Pure data, made from a HookCall.
#pragma once

#include "hooks/runner/hook_runner.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace hooks::runner {

/// System calls and groups of them that fail with EPERM.
struct ForbiddenCalls {
    std::vector<std::string> names;
};

/// By the names and types of org.freedesktop.systemd1(5).
struct UnitProperty {
    std::string name;
    std::variant<bool, std::int32_t, std::uint64_t, std::string, std::vector<std::string>, ForbiddenCalls>
        value;
};

std::vector<UnitProperty> sandbox_of(const HookCall &call);

/// Those of the call, and those that hide what the program must not see.
std::vector<TemporaryFilesystem> temporary_filesystems_of(const HookCall &call);

} // namespace hooks::runner
