// What a hook's unit properties forbid.
#include "hooks/runner/sandbox.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace hooks;
using namespace hooks::runner;

namespace {

template <typename Value> std::optional<Value> value_of(const HookCall &call, const std::string &name) {
    for (const auto &each : sandbox_of(call))
        if (each.name == name)
            return std::get<Value>(each.value);
    return std::nullopt;
}

bool is_forbidden(const HookCall &call, const std::string &system_call) {
    const auto calls = value_of<ForbiddenCalls>(call, "SystemCallFilter");
    return calls && std::ranges::find(calls->names, system_call) != calls->names.end();
}

bool may(const HookCall &call, int capability) {
    return (*value_of<std::uint64_t>(call, "CapabilityBoundingSet") & capability_set(capability)) != 0;
}

bool hides(const HookCall &call, const std::string &place) {
    const auto all = temporary_filesystems_of(call);
    return std::ranges::any_of(all, [&](const TemporaryFilesystem &one) { return one.target == place; });
}

} // namespace

TEST_GROUP(Sandbox) {
    HookCall call;
};

TEST(Sandbox, keeps_a_program_from_the_machine_whatever_its_root_is) {
    for (const char *root : {"/", "/images/b"}) {
        call.root = root;
        for (const char *protection :
             {"PrivateTmp", "PrivateDevices", "PrivateIPC", "PrivateNetwork", "ProtectKernelTunables",
              "ProtectKernelModules", "ProtectKernelLogs", "ProtectControlGroups", "ProtectClock",
              "ProtectHostname", "LockPersonality", "RestrictRealtime", "NoNewPrivileges"})
            CHECK_TEXT(value_of<bool>(call, protection) == true, protection);
        CHECK(value_of<std::uint64_t>(call, "RestrictNamespaces") == 0U);
        for (const char *each : {"mount", "umount2", "setns", "unshare", "@module", "@reboot", "@debug"})
            CHECK_TEXT(is_forbidden(call, each), each);
        CHECK_FALSE(is_forbidden(call, "@mount")); // the old system's programs run by chroot
        CHECK(hides(call, "/dev/shm"));
        CHECK(value_of<std::uint64_t>(call, "TasksMax").value_or(0) > 0);
    }
}

TEST(Sandbox, makes_the_running_system_read_only_and_hides_its_sockets) {
    CHECK(value_of<std::string>(call, "ProtectSystem") == "strict");
    CHECK(hides(call, "/run"));
    call.root = "/images/b";
    CHECK_FALSE(value_of<std::string>(call, "ProtectSystem").has_value());
    CHECK(value_of<std::string>(call, "RootDirectory") == "/images/b");
    CHECK(value_of<bool>(call, "MountAPIVFS") == true);
}

TEST(Sandbox, leaves_the_products_sockets_to_a_program_that_asks_the_product) {
    call.sees_sockets = true;
    CHECK(value_of<std::string>(call, "ProtectSystem") == "strict");
    CHECK_FALSE(hides(call, "/run"));
    CHECK((value_of<std::vector<std::string>>(call, "ReadOnlyPaths") == std::vector<std::string>{"/run"}));
    for (const char *decides_over_all : {"/run/systemd", "/run/dbus"})
        CHECK_TEXT(hides(call, decides_over_all), decides_over_all);
}

TEST(Sandbox, leaves_root_no_more_than_its_work_needs) {
    struct Case {
        std::uint64_t capabilities;
        std::vector<int> has;
        std::vector<int> lacks;
    };
    const std::vector<int> always{CAP_CHOWN,  CAP_DAC_OVERRIDE, CAP_FOWNER,
                                  CAP_SETUID, CAP_SETGID,       CAP_SYS_CHROOT};
    const std::vector<int> never{CAP_SYS_MODULE, CAP_SYS_RAWIO, CAP_SYS_PTRACE, CAP_SYS_BOOT, CAP_SYS_TIME,
                                 CAP_MKNOD,      CAP_KILL,      CAP_BPF,        CAP_SYSLOG,   CAP_NET_RAW};
    for (const Case &each :
         {Case{capabilities_for_files_and_accounts, {}, {CAP_SYS_ADMIN, CAP_LINUX_IMMUTABLE, CAP_NET_ADMIN}},
          Case{capabilities_for_system_files,
               {CAP_SYS_ADMIN, CAP_LINUX_IMMUTABLE, CAP_SETFCAP},
               {CAP_NET_ADMIN}},
          Case{capabilities_for_checkers, {CAP_NET_ADMIN, CAP_SYS_ADMIN}, {CAP_LINUX_IMMUTABLE}}}) {
        call.capabilities = each.capabilities;
        for (const auto &list : {always, each.has})
            for (const int capability : list)
                CHECK_TEXT(may(call, capability), std::to_string(capability).c_str());
        for (const auto &list : {never, each.lacks})
            for (const int capability : list)
                CHECK_FALSE_TEXT(may(call, capability), std::to_string(capability).c_str());
    }
}

TEST(Sandbox, lets_a_checker_have_mounts_of_its_own) {
    call.may_mount = true;
    CHECK_FALSE(is_forbidden(call, "mount") || is_forbidden(call, "unshare"));
    CHECK_FALSE(value_of<std::uint64_t>(call, "RestrictNamespaces").has_value());
    CHECK(is_forbidden(call, "@module"));
}

TEST(Sandbox, leaves_a_health_check_alone_in_the_running_system) {
    call.protect_system = false;
    call.private_network = false;
    LONGS_EQUAL(1, sandbox_of(call).size());
    CHECK(value_of<bool>(call, "PrivateNetwork") == false);
    CHECK(temporary_filesystems_of(call).empty());
}

TEST(Sandbox, gives_way_to_mail_in_a_rehearsal) {
    CHECK_FALSE(value_of<std::int32_t>(call, "Nice").has_value());
    call.in_background = true;
    CHECK(value_of<std::int32_t>(call, "Nice").value_or(0) > 0);
    CHECK(value_of<std::uint64_t>(call, "CPUWeight").value_or(100) < 100);
    CHECK(value_of<std::uint64_t>(call, "IOWeight").value_or(100) < 100);
    CHECK(value_of<std::int32_t>(call, "OOMScoreAdjust").value_or(0) > 0);
}

TEST(Sandbox, leaves_places_of_the_running_system_writable_that_the_call_names) {
    call.writable = {"/var", "/run"};
    CHECK((value_of<std::vector<std::string>>(call, "ReadWritePaths") ==
           std::vector<std::string>{"/var", "/run"}));
    CHECK_FALSE(hides(call, "/run"));
    call.writable.clear();
    CHECK_FALSE(value_of<std::vector<std::string>>(call, "ReadWritePaths").has_value());
}
