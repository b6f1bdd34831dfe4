// Who may change something: the decision, the agent's object with a polkit that behaves well or badly,
// and the rules that are shipped, in Debian's polkitd.
#include "test_data.hpp"
#include "tests/support/served_agent.hpp"
#include "tests/updater/bus/bus_call.hpp"
#include "tests/updater/bus/fake_polkit.hpp"
#include "tests/updater/bus/real_polkit.hpp"
#include "updater/bus/bus_access.hpp"
#include "updater/bus/bus_names.hpp"
#include "updater/bus/bus_polkit.hpp"

#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace std::chrono_literals;
using namespace updater::bus;

namespace {

const std::filesystem::path init_folder = std::filesystem::path(TEST_DATA_FOLDER) / "../../../init";

class FakeAuthority : public Authority {
  public:
    Verdict verdict;
    std::vector<std::string> asked;

    void ask(const std::string &bus_name, const std::string &group, Said said) override {
        asked.push_back(bus_name + " " + group);
        said(verdict);
    }
};

const struct {
    const char *name;
    std::function<void(sd_bus_message *)> arguments;
} changing_methods[] = {
    {"Install", [](sd_bus_message *m) { sd_bus_message_append(m, "sa{sv}", "", 0); }},
    {"Download", [](sd_bus_message *m) { sd_bus_message_append(m, "s", ""); }},
    {"Cancel", nullptr},
    {"DropPrevious", [](sd_bus_message *m) { sd_bus_message_append(m, "bb", 1, 1); }},
    {"Rollback", [](sd_bus_message *m) { sd_bus_message_append(m, "b", 1); }},
    {"SetInstallRate", [](sd_bus_message *m) { sd_bus_message_append(m, "t", std::uint64_t{1}); }},
    {"Schedule", [](sd_bus_message *m) { sd_bus_message_append(m, "sa{sv}s", "", 0, "Sun 03:00"); }},
    {"CancelScheduled", nullptr},
    {"Postpone", [](sd_bus_message *m) { sd_bus_message_append(m, "s", "now"); }},
    {"WindowOpens", nullptr},
    {"Verify", [](sd_bus_message *m) { sd_bus_message_append(m, "s", "a"); }},
    {"RestoreCopy", [](sd_bus_message *m) { sd_bus_message_append(m, "b", 1); }},
    {"BackUp", [](sd_bus_message *m) { sd_bus_message_append(m, "b", 1); }},
    {"DryRun", [](sd_bus_message *m) { sd_bus_message_append(m, "sa{sv}", "", 0); }},
    {"Snapshot", [](sd_bus_message *m) { sd_bus_message_append(m, "ss", "create", "x"); }},
    {"ExportSnapshot",
     [](sd_bus_message *m) { sd_bus_message_append(m, "shsay", "monday", STDOUT_FILENO, "", 0); }},
    {"ImportSnapshot",
     [](sd_bus_message *m) { sd_bus_message_append(m, "shsay", "monday", STDOUT_FILENO, "", 0); }},
    {"GetSnapshots", nullptr},
    {"Drain", [](sd_bus_message *m) { sd_bus_message_append(m, "bt", 0, std::uint64_t{1}); }},
    {"Resume", nullptr},
    {"GetQueue", nullptr},
    {"Role", [](sd_bus_message *m) { sd_bus_message_append(m, "s", "take"); }},
    {"TestMessage", nullptr},
    {"GetNode", nullptr},
    {"Check", [](sd_bus_message *m) { sd_bus_message_append(m, "b", 0); }},
};

void check_only_reading_works(sd_bus *caller, ServedAgent &served, const std::string &reason) {
    for (const char *method : {"GetState", "GetFirmware", "GetVerification"})
        STRCMP_EQUAL_TEXT("", call(caller, method).error.c_str(), method);
    for (const auto &method : changing_methods) {
        const Reply reply = call(caller, method.name, method.arguments);
        STRCMP_EQUAL_TEXT(SD_BUS_ERROR_ACCESS_DENIED, reply.error.c_str(), method.name);
        STRCMP_CONTAINS_TEXT(reason.c_str(), reply.message.c_str(), method.name);
    }
    STRCMP_EQUAL("(none)", served.agent.last_source.c_str());
    CHECK_EQUAL(0, served.agent.rollbacks);
    CHECK_EQUAL(0, served.agent.drops);
    CHECK_FALSE(served.agent.fake_node.is_drained);
    CHECK_EQUAL(0, served.agent.due_calls);
    STRCMP_EQUAL("(none)", served.agent.last_calendar.c_str());
    STRCMP_EQUAL("idle", served.agent.state()["state"].get<std::string>().c_str());
}

} // namespace

TEST_GROUP(BusAccess) {
    FakeAuthority authority;
    std::string group;
    BusAccess access{authority, [this] { return group; }, 0};

    std::optional<std::string> denial(uid_t user) {
        std::optional<std::string> told = "never decided";
        access.decide({user, ":1.7"}, [&](const std::optional<std::string> &why) { told = why; });
        return told;
    }
};

TEST(BusAccess, root_may_without_anybody_being_asked) {
    authority.verdict = {.may = false, .trouble = "it is broken"};
    CHECK_FALSE(denial(0).has_value());
    CHECK_TRUE(authority.asked.empty());
}

TEST(BusAccess, others_may_if_the_authority_says_so_and_the_group_counts_at_once) {
    authority.verdict.may = true;
    CHECK_FALSE(denial(1000).has_value());
    group = "keepers";
    CHECK_FALSE(denial(1000).has_value());
    CHECK_TRUE(authority.asked == (std::vector<std::string>{":1.7 ", ":1.7 keepers"}));
}

TEST(BusAccess, a_denied_caller_is_told_who_may) {
    const struct {
        const char *group;
        const char *trouble;
        const char *says;
    } cases[] = {
        {"", "", "settings.xml: <change group=\"NAME\"/>"},
        {"keepers", "", "only root and the members of the group keepers may"},
        {"keepers", "polkit does not answer", "because polkit does not answer. Until it is, only root may"},
    };
    for (const auto &row : cases) {
        group = row.group;
        authority.verdict = {.may = false, .trouble = row.trouble};
        const auto told = denial(1000);
        CHECK_TRUE(told.has_value());
        STRCMP_CONTAINS(row.says, told->c_str());
    }
}

TEST_GROUP(BusWithPolkit) {
    PrivateBus bus;
    BusConnection caller = bus.connect();
    std::string group = "keepers";

    /// Whoever runs the test is not the privileged user.
    BusRights rights(std::chrono::microseconds polkit_time = 20s) {
        return {.privileged_user = getuid() + 1,
                .change_group = [this] { return group; },
                .polkit_time = polkit_time};
    }
};

TEST(BusWithPolkit, members_of_the_group_may_change_something) {
    const FakePolkit polkit(bus, "keepers");
    ServedAgent served(bus, rights());
    STRCMP_EQUAL("job-1", install(caller.get(), "/some.fw").text.c_str());
    LONGS_EQUAL(1, polkit.questions);
}

TEST(BusWithPolkit, errors_of_the_agent_reach_the_group_as_they_reach_root) {
    const FakePolkit polkit(bus, "keepers");
    ServedAgent served(bus, rights());
    STRCMP_EQUAL("org.updatecontrol.Error.Refused", install(caller.get(), "/old.fw").error.c_str());
    STRCMP_EQUAL(SD_BUS_ERROR_INVALID_ARGS, install(caller.get(), "/a\nb").error.c_str());
}

TEST(BusWithPolkit, snapshots_leave_come_and_are_restored_for_root_alone) {
    const FakePolkit polkit(bus, "keepers");
    const auto file = [](sd_bus_message *m) {
        sd_bus_message_append(m, "shsay", "monday", STDOUT_FILENO, "", 0);
    };
    const auto verb = [](const char *word) {
        return [word](sd_bus_message *m) { sd_bus_message_append(m, "ss", word, "monday"); };
    };
    const struct {
        const char *method;
        std::function<void(sd_bus_message *)> arguments;
        bool members_too;
    } cases[] = {
        {"ExportSnapshot", file, false},      {"ImportSnapshot", file, false},
        {"Snapshot", verb("restore"), false}, {"Snapshot", verb("create"), true},
        {"Snapshot", verb("show"), true},     {"Snapshot", verb("cancel-restore"), true},
        {"Snapshot", verb("delete"), true},   {"GetSnapshots", nullptr, true},
    };
    ServedAgent for_member(bus, rights());
    for (const auto &row : cases) {
        const Reply reply = call(caller.get(), row.method, row.arguments);
        STRCMP_EQUAL_TEXT(row.members_too ? "" : SD_BUS_ERROR_ACCESS_DENIED, reply.error.c_str(), row.method);
        STRCMP_CONTAINS_TEXT(row.members_too ? "" : "only root may export", reply.message.c_str(),
                             row.method);
        STRCMP_EQUAL("", for_member.agent.fake_snapshots.waiting.c_str());
    }
}

TEST(BusWithPolkit, root_may_restore_a_snapshot) {
    ServedAgent served(bus, BusRights{.privileged_user = getuid()});
    const Reply reply = call(caller.get(), "Snapshot",
                             [](sd_bus_message *m) { sd_bus_message_append(m, "ss", "restore", "monday"); });
    STRCMP_EQUAL("", reply.error.c_str());
    STRCMP_EQUAL("monday", served.agent.fake_snapshots.waiting.c_str());
}

TEST(BusWithPolkit, others_may_only_read) {
    const FakePolkit polkit(bus, "others");
    ServedAgent served(bus, rights());
    check_only_reading_works(caller.get(), served, "members of the group keepers");
    group.clear();
    check_only_reading_works(caller.get(), served, "<change group=");
    LONGS_EQUAL(2 * std::size(changing_methods), polkit.questions);
}

TEST(BusWithPolkit, no_clear_answer_means_no) {
    const struct {
        FakePolkit::Behaviour behaviour;
        const char *reason;
    } cases[] = {{FakePolkit::Behaviour::fails, "polkit failed: the rules cannot be run"},
                 {FakePolkit::Behaviour::talks_nonsense, "polkit's answer cannot be read"},
                 {FakePolkit::Behaviour::hangs, "polkit does not answer"}};
    for (const auto &row : cases) {
        const FakePolkit polkit(bus, "keepers", row.behaviour);
        ServedAgent served(bus, rights(100ms));
        check_only_reading_works(caller.get(), served, row.reason);
    }
}

TEST(BusWithPolkit, without_polkit_only_root_may) {
    {
        ServedAgent served(bus, rights());
        check_only_reading_works(caller.get(), served, "there is no polkit on this appliance");
    }
    ServedAgent served(bus, BusRights{.privileged_user = getuid()});
    STRCMP_EQUAL("job-1", install(caller.get(), "/some.fw").text.c_str());
}

TEST(BusWithPolkit, that_hangs_delays_nobody_and_gets_a_limited_number_of_questions) {
    const FakePolkit polkit(bus, "keepers", FakePolkit::Behaviour::hangs);
    ServedAgent served(bus, rights(60s));
    const auto impatient = bus.connect();
    for (std::size_t sent = 0; sent < max_questions; ++sent) {
        sd_bus_message *raw = nullptr;
        sd_bus_message_new_method_call(impatient.get(), &raw, agent_bus_name, agent_object_path,
                                       agent_interface, "Cancel");
        const Message message(raw);
        CHECK_TRUE(sd_bus_call_async(
                       impatient.get(), nullptr, raw,
                       [](sd_bus_message *, void *, sd_bus_error *) { return 0; }, nullptr, 60'000'000) >= 0);
    }
    CHECK_TRUE(sd_bus_flush(impatient.get()) >= 0);
    while (polkit.questions < static_cast<int>(max_questions))
        usleep(1000);
    STRCMP_EQUAL("", call(caller.get(), "GetState").error.c_str());
    STRCMP_CONTAINS("has not answered 32 questions", call(caller.get(), "Cancel").message.c_str());
}

TEST_GROUP(BusWithShippedRules) {
    /// What the system's bus allows by itself, and the agent's and polkit's own policy files. More files:
    /// `others`.
    static std::string policies(const std::string &others = "") {
        return "<policy context=\"default\"><allow user=\"*\"/><deny own=\"*\"/><deny "
               "send_type=\"method_call\"/>"
               "<allow send_type=\"signal\"/><allow send_requested_reply=\"true\" "
               "send_type=\"method_return\"/>"
               "<allow send_requested_reply=\"true\" send_type=\"error\"/><allow "
               "receive_type=\"method_call\"/>"
               "<allow receive_type=\"method_return\"/><allow receive_type=\"error\"/>"
               "<allow receive_type=\"signal\"/><allow send_destination=\"org.freedesktop.DBus\"/></policy>"
               "<include>" +
               (init_folder / "dbus/org.updatecontrol.Agent.conf").string() +
               "</include>"
               "<include>/usr/share/dbus-1/system.d/org.freedesktop.PolicyKit1.conf</include>" +
               others;
    }
    PrivateBus bus{policies()};
};

TEST(BusWithShippedRules, the_configured_group_and_root_may_change_something_and_everyone_may_read) {
    const RealPolkit polkit(bus, init_folder / "polkit");
    std::string group = "games";
    ServedAgent served(bus, BusRights{.privileged_user = 0, .change_group = [&] { return group; }});
    const auto member = bus.connect_as("games");
    const auto other = bus.connect_as("man");

    check_only_reading_works(other.get(), served, "members of the group games");
    STRCMP_EQUAL("job-1", install(member.get(), "/some.fw").text.c_str());
    served.agent.end_job();
    STRCMP_EQUAL("job-2", install(bus.connect().get(), "/some.fw").text.c_str());
    for (const char *no_members : {"", "nogroup", "there-is-no-such-group"}) {
        group = no_members;
        STRCMP_EQUAL_TEXT(SD_BUS_ERROR_ACCESS_DENIED, install(member.get(), "/some.fw").error.c_str(),
                          no_members);
    }
    STRCMP_CONTAINS("executing 1 rules", polkit.output().c_str());
}

TEST(BusWithShippedRules, the_client_of_a_hawkbit_server_may_order_only_what_it_needs) {
    // An account that every Debian has stands for the client's.
    const std::string client_account = "list";
    std::ifstream shipped(init_folder / "dbus/org.updatecontrol.Hawkbit.conf");
    std::string policy(std::istreambuf_iterator<char>(shipped), {});
    const std::string shipped_account = "user=\"update-hawkbit\"";
    policy.replace(policy.find(shipped_account), shipped_account.size(), "user=\"" + client_account + "\"");
    const TemporaryFolder folder;
    std::ofstream(folder.path() / "client.conf") << policy;
    PrivateBus own_bus(policies("<include>" + (folder.path() / "client.conf").string() + "</include>"));
    const RealPolkit polkit(own_bus, init_folder / "polkit");
    ServedAgent served(own_bus,
                       BusRights{.privileged_user = 0, .change_group = [&] { return client_account; }});
    const auto client = own_bus.connect_as(client_account);

    for (const char *method : {"GetState", "GetFirmware", "GetHistory"})
        STRCMP_EQUAL_TEXT("", call(client.get(), method).error.c_str(), method);
    const std::set<std::string> needed{"Install", "Download", "Cancel", "Check"};
    for (const auto &method : changing_methods) {
        const std::string error = call(client.get(), method.name, method.arguments).error;
        CHECK_EQUAL_TEXT(needed.contains(method.name), error != SD_BUS_ERROR_ACCESS_DENIED, method.name);
    }
    STRCMP_CONTAINS("job-", install(client.get(), "/some.fw").text.c_str());
    STRCMP_EQUAL(SD_BUS_ERROR_ACCESS_DENIED, call(client.get(), "GetVerification").error.c_str());
}
