// The agent's object on a bus: the real object and a real dbus-daemon; behind it a fake agent.
#include "started_program.hpp"
#include "tests/support/served_agent.hpp"
#include "tests/updater/bus/bus_call.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::bus;

TEST_GROUP(BusService) {
    PrivateBus bus;
    ServedAgent served{bus};
    BusConnection caller = bus.connect();
};

TEST(BusService, reports_are_the_agents_documents) {
    STRCMP_EQUAL(served.agent.state().dump().c_str(), call(caller.get(), "GetState").text.c_str());
    STRCMP_EQUAL(served.agent.firmware().dump().c_str(), call(caller.get(), "GetFirmware").text.c_str());
    served.agent.status.event(job::Severity::info, "one");
    served.agent.status.event(job::Severity::info, "two");
    const Reply events = call(caller.get(), "GetEvents", [](sd_bus_message *request) {
        sd_bus_message_append(request, "t", std::uint64_t{1});
    });
    STRCMP_EQUAL(served.agent.status.events(1).dump().c_str(), events.text.c_str());
}

TEST(BusService, install_passes_source_and_options_on_and_returns_the_job) {
    STRCMP_EQUAL("job-1", install(caller.get(), "/some.fw", true).text.c_str());
    STRCMP_EQUAL("/some.fw", served.agent.last_source.c_str());
    CHECK(served.agent.last_force);
}

TEST(BusService, install_passes_known_conflicts_on_within_bounds) {
    using Paths = std::vector<const char *>;
    const auto install_with = [&](Paths paths) {
        paths.push_back(nullptr);
        return call(caller.get(), "Install",
                    [&](sd_bus_message *request) {
                        sd_bus_message_append(request, "s", "");
                        sd_bus_message_open_container(request, 'a', "{sv}");
                        sd_bus_message_append(request, "{sv}", "stop-on-conflict", "b", 1);
                        sd_bus_message_open_container(request, 'e', "sv");
                        sd_bus_message_append(request, "s", "known-conflicts");
                        sd_bus_message_open_container(request, 'v', "as");
                        sd_bus_message_append_strv(request, const_cast<char **>(paths.data()));
                        sd_bus_message_close_container(request);
                        sd_bus_message_close_container(request);
                        sd_bus_message_close_container(request);
                    })
            .error;
    };
    const std::string too_long = "/" + std::string(job::max_known_conflict_bytes, 'x');
    const std::string long_one = "/" + std::string(job::max_known_conflict_bytes - 1, 'x');
    const Paths many_long(job::max_known_conflicts_bytes / job::max_known_conflict_bytes, long_one.c_str());
    STRCMP_EQUAL("", install_with(many_long).c_str());
    Paths too_much = many_long;
    too_much.push_back("/");
    for (const Paths &wrong : {Paths{"etc/motd"}, Paths{""}, Paths{"/etc/a\nb"}, Paths{too_long.c_str()},
                               Paths(job::max_known_conflicts + 1, "/etc/motd"), too_much})
        STRCMP_EQUAL(SD_BUS_ERROR_INVALID_ARGS, install_with(wrong).c_str());
    STRCMP_EQUAL("", install_with({"/etc/motd", "/etc/my folder"}).c_str());
    CHECK(served.agent.last_options.stop_on_conflict);
    CHECK((served.agent.last_options.known_conflicts ==
           std::vector<std::string>{"/etc/motd", "/etc/my folder"}));
}

TEST(BusService, verify_and_back_up_pass_on_what_was_asked_for) {
    const auto verify = [&](const char *slot) {
        return call(caller.get(), "Verify",
                    [slot](sd_bus_message *request) { sd_bus_message_append(request, "s", slot); })
            .error;
    };
    STRCMP_EQUAL("", verify("b").c_str());
    STRCMP_EQUAL("b", served.agent.last_source.c_str());
    STRCMP_EQUAL(SD_BUS_ERROR_INVALID_ARGS, verify("far too long").c_str());
    STRCMP_EQUAL(served.agent.verified.dump().c_str(), call(caller.get(), "GetVerification").text.c_str());
    const auto back_up = [&](int force) {
        return call(caller.get(), "BackUp",
                    [force](sd_bus_message *request) { sd_bus_message_append(request, "b", force); })
            .error;
    };
    served.agent.committed = true; // the previous system is there
    STRCMP_EQUAL("org.updatecontrol.Error.NotPossible", back_up(0).c_str());
    STRCMP_EQUAL("", back_up(1).c_str());
    LONGS_EQUAL(1, served.agent.backups);
}

TEST(BusService, restore_passes_on_whether_it_is_really_meant) {
    const auto restore = [&](int really) {
        return call(caller.get(), "RestoreCopy",
                    [really](sd_bus_message *request) { sd_bus_message_append(request, "b", really); });
    };
    STRCMP_EQUAL("org.updatecontrol.Error.NotPossible", restore(0).error.c_str());
    served.agent.rescue = {{"holds", "rescue copy"}};
    STRCMP_CONTAINS("\"version\":\"2.8.0.0\"", restore(0).text.c_str());
    LONGS_EQUAL(0, served.agent.restores);
    STRCMP_EQUAL("", restore(1).error.c_str());
    LONGS_EQUAL(1, served.agent.restores);
}

TEST(BusService, draining_hands_over_who_asks_and_bounds_the_time) {
    const auto drain = [&](std::uint64_t seconds) {
        return call(caller.get(), "Drain",
                    [seconds](sd_bus_message *request) { sd_bus_message_append(request, "bt", 1, seconds); })
            .error;
    };
    STRCMP_EQUAL(SD_BUS_ERROR_INVALID_ARGS, drain(86'401).c_str());
    CHECK_FALSE(served.agent.fake_node.is_drained);
    STRCMP_EQUAL("", drain(86'400).c_str());
    CHECK_TRUE(served.agent.fake_node.is_drained);
    LONGS_EQUAL(getuid(), served.agent.fake_node.last_wish.user);
    STRCMP_CONTAINS("\"drained\":{", call(caller.get(), "GetState").text.c_str());
    STRCMP_EQUAL("", call(caller.get(), "Resume").error.c_str());
    STRCMP_CONTAINS("\"drained\":null", call(caller.get(), "GetState").text.c_str());
}

TEST(BusService, a_role_is_shown_taken_or_given_and_nothing_else) {
    served.agent.fake_node.role = "primary";
    for (const auto &[verb, error] : {std::pair{"show", ""}, std::pair{"take", ""}, std::pair{"give", ""},
                                      std::pair{"seize", SD_BUS_ERROR_INVALID_ARGS}})
        STRCMP_EQUAL(error, call(caller.get(), "Role", [word = verb](sd_bus_message *request) {
                                sd_bus_message_append(request, "s", word);
                            }).error.c_str());
    STRCMP_CONTAINS("\"role\":\"secondary\"", call(caller.get(), "GetNode").text.c_str());
}

TEST(BusService, install_needs_no_options) {
    const Reply reply = call(caller.get(), "Install", [](sd_bus_message *request) {
        sd_bus_message_append(request, "sa{sv}", "", 0);
    });
    STRCMP_EQUAL("job-1", reply.text.c_str());
    CHECK_FALSE(served.agent.last_force);
}

TEST(BusService, exceptions_become_the_errors_of_the_interface) {
    const struct {
        const char *source;
        const char *error;
        const char *message;
    } cases[] = {
        {"/old.fw", "org.updatecontrol.Error.Refused",
         "version 2.7.0.0 is older than the 2.8.0.0 that 2.8.1.0 needs [UC0402]\ninstall 2.8.0.0 first"},
        {"/broken.fw", "org.updatecontrol.Error.Failed", "the disk does not answer [UC0001]"},
    };
    for (const auto &row : cases) {
        const Reply reply = install(caller.get(), row.source);
        STRCMP_EQUAL(row.error, reply.error.c_str());
        STRCMP_EQUAL(row.message, reply.message.c_str());
    }
    const Reply nothing_to_cancel = call(caller.get(), "Cancel");
    STRCMP_EQUAL("org.updatecontrol.Error.NotPossible", nothing_to_cancel.error.c_str());
    STRCMP_CONTAINS("[UC0004]", nothing_to_cancel.message.c_str());
    served.agent.set_work([](progress::JobStatus &, const std::string &, const std::stop_token &) {});
    install(caller.get(), "");
    STRCMP_EQUAL("org.updatecontrol.Error.Busy", install(caller.get(), "").error.c_str());
}

TEST(BusService, invalid_arguments_are_refused_before_the_agent_sees_them) {
    const std::string too_long(4096, 'x');
    for (const std::string &source : {too_long, std::string("/a\nb"), std::string("/a\x7f")})
        STRCMP_EQUAL(SD_BUS_ERROR_INVALID_ARGS, install(caller.get(), source).error.c_str());
    const Reply unknown_option = call(caller.get(), "Install", [](sd_bus_message *request) {
        sd_bus_message_append(request, "sa{sv}", "", 1, "skip-checks", "b", 1);
    });
    STRCMP_EQUAL(SD_BUS_ERROR_INVALID_ARGS, unknown_option.error.c_str());
    const Reply wrong_type = call(caller.get(), "Install", [](sd_bus_message *request) {
        sd_bus_message_append(request, "sa{sv}", "", 1, "force", "s", "yes");
    });
    STRCMP_EQUAL(SD_BUS_ERROR_INVALID_ARGS, wrong_type.error.c_str());
    const Reply no_arguments = call(caller.get(), "Install");
    STRCMP_EQUAL(SD_BUS_ERROR_INVALID_ARGS, no_arguments.error.c_str());
    STRCMP_EQUAL("(none)", served.agent.last_source.c_str());
    STRCMP_EQUAL("job-1", install(caller.get(), std::string(4095, 'x')).text.c_str());
}

namespace {

Reply schedule(sd_bus *bus, const std::string &source, const std::string &calendar) {
    return call(bus, "Schedule", [&](sd_bus_message *request) {
        sd_bus_message_append(request, "sa{sv}s", source.c_str(), 1, "force", "b", 1, calendar.c_str());
    });
}

Reply postpone(sd_bus *bus, const std::string &calendar) {
    return call(bus, "Postpone",
                [&](sd_bus_message *request) { sd_bus_message_append(request, "s", calendar.c_str()); });
}

} // namespace

TEST(BusService, an_order_for_later_is_passed_on_replaced_and_cancelled) {
    const auto first = nlohmann::json::parse(schedule(caller.get(), "/some.fw", "Sun 03:00").text);
    STRCMP_EQUAL("/some.fw", served.agent.last_source.c_str());
    STRCMP_EQUAL("Sun 03:00", served.agent.last_calendar.c_str());
    CHECK(served.agent.last_force);
    CHECK_EQUAL(1, first["format"].get<int>());
    CHECK_TRUE(first["replaced"].is_null());
    const auto second = nlohmann::json::parse(schedule(caller.get(), "", "Sun 03:00").text);
    STRCMP_EQUAL("2026-11-22T03:00:00+01:00", second["replaced"].get<std::string>().c_str());
    STRCMP_EQUAL("", call(caller.get(), "CancelScheduled").error.c_str());
    STRCMP_EQUAL("org.updatecontrol.Error.NotPossible", call(caller.get(), "CancelScheduled").error.c_str());
}

TEST(BusService, orders_for_later_are_accepted_while_a_job_runs_and_requests_for_now_are_busy) {
    served.agent.set_work([](progress::JobStatus &, const std::string &, const std::stop_token &) {});
    install(caller.get(), "");
    STRCMP_EQUAL("", schedule(caller.get(), "", "Sun 03:00").error.c_str());
    STRCMP_EQUAL("", postpone(caller.get(), "2026-12-24").error.c_str());
    STRCMP_EQUAL("", call(caller.get(), "WindowOpens").error.c_str());
    STRCMP_EQUAL("org.updatecontrol.Error.Busy", install(caller.get(), "").error.c_str());
}

TEST(BusService, an_invalid_time_is_refused) {
    STRCMP_EQUAL("org.updatecontrol.Error.Refused", schedule(caller.get(), "", "bogus").error.c_str());
    for (const std::string &time : {std::string(257, '*'), std::string("Sun\n03:00")}) {
        STRCMP_EQUAL(SD_BUS_ERROR_INVALID_ARGS, schedule(caller.get(), "", time).error.c_str());
        STRCMP_EQUAL(SD_BUS_ERROR_INVALID_ARGS, postpone(caller.get(), time).error.c_str());
    }
    STRCMP_EQUAL("bogus", served.agent.last_calendar.c_str());
}

TEST(BusService, postponing_and_the_timer_reach_the_agent) {
    STRCMP_CONTAINS("2026-12-24", postpone(caller.get(), "2026-12-24").text.c_str());
    CHECK_TRUE(nlohmann::json::parse(postpone(caller.get(), "now").text).at("postponed_until").is_null());
    call(caller.get(), "WindowOpens");
    CHECK_EQUAL(1, served.agent.due_calls);
}

TEST(BusService, rollback_passes_force_on) {
    served.agent.committed = true;
    const auto roll_back = [&](int force) {
        return call(caller.get(), "Rollback",
                    [force](sd_bus_message *request) { sd_bus_message_append(request, "b", force); });
    };
    STRCMP_EQUAL("org.updatecontrol.Error.NotPossible", roll_back(0).error.c_str());
    STRCMP_EQUAL("", roll_back(1).error.c_str());
    CHECK_EQUAL(1, served.agent.rollbacks);
}

TEST(BusService, the_rate_of_phase_2_is_set_within_bounds_and_shown) {
    const auto set_rate = [&](std::uint64_t rate) {
        return call(caller.get(), "SetInstallRate",
                    [rate](sd_bus_message *request) { sd_bus_message_append(request, "t", rate); });
    };
    STRCMP_EQUAL("", set_rate(25).error.c_str());
    LONGS_EQUAL(25, served.agent.status.state()["install_mib_per_second"].get<int>());
    STRCMP_EQUAL(SD_BUS_ERROR_INVALID_ARGS, set_rate(1'000'001).error.c_str());
    LONGS_EQUAL(25, served.agent.status.state()["install_mib_per_second"].get<int>());
}

TEST(BusService, work_on_snapshots_is_passed_on_with_bounds) {
    served.agent.fake_snapshots.contents["tuesday"] = "x";
    const auto work = [this](const char *verb, const std::string &name) {
        return call(caller.get(), "Snapshot", [&](sd_bus_message *request) {
            sd_bus_message_append(request, "ss", verb, name.c_str());
        });
    };
    STRCMP_EQUAL("", work("delete", "tuesday").error.c_str());
    CHECK_FALSE(served.agent.fake_snapshots.contents.contains("tuesday"));
    STRCMP_EQUAL(served.agent.fake_snapshots.document().dump().c_str(),
                 call(caller.get(), "GetSnapshots").text.c_str());
    for (const auto &[verb, name] :
         std::vector<std::pair<const char *, std::string>>{{"rename", "monday"},
                                                           {"", "monday"},
                                                           {"create", "a/b"},
                                                           {"create", "a b"},
                                                           {"create", std::string(65, 'x')}})
        STRCMP_EQUAL_TEXT(SD_BUS_ERROR_INVALID_ARGS, work(verb, name).error.c_str(), name.c_str());
    const std::string long_password(1025, 'x');
    const Reply exported = call(caller.get(), "ExportSnapshot", [&](sd_bus_message *request) {
        sd_bus_message_append(request, "shs", "monday", STDOUT_FILENO, "");
        sd_bus_message_append_array(request, 'y', long_password.data(), long_password.size());
    });
    STRCMP_EQUAL(SD_BUS_ERROR_INVALID_ARGS, exported.error.c_str());
}

TEST(BusService, a_change_of_the_state_is_signalled_from_any_thread) {
    const Signals signals(caller.get(), "StateChanged", 1);
    std::jthread([&] { served.agent.status.restarting(); }).join();
    const auto heard = signals.wait_for(1);
    CHECK_EQUAL(1U, heard.size());
    STRCMP_EQUAL("restarting", nlohmann::json::parse(heard[0])["state"].get<std::string>().c_str());
}

TEST(BusService, notices_are_signalled_in_their_order_from_any_thread_and_to_everyone) {
    const auto other = bus.connect();
    const Signals signals(caller.get(), "Notice", 4);
    const Signals also(other.get(), "Notice", 4);
    std::jthread([&] {
        served.notices.push({"failed", "2.8.1.0", "it failed", "first line\nsecond\n"});
        served.notices.push({"finished", "2.8.2.0", "it worked", ""});
    }).join();
    const std::vector<std::string> expected{"failed|2.8.1.0|it failed|first line\nsecond\n",
                                            "finished|2.8.2.0|it worked|"};
    CHECK_TRUE(signals.wait_for(2) == expected);
    CHECK_TRUE(also.wait_for(2) == expected);
}

TEST(BusService, a_second_agent_reports_the_first_and_changes_nothing) {
    try {
        take_agent_name(bus.connect());
        FAIL("two agents have the name");
    } catch (const BusFailed &failure) {
        STRCMP_CONTAINS("another update-agent runs", failure.what());
        STRCMP_CONTAINS("systemctl status update-agent", failure.what());
    }
    // The program itself, which would complain of other things first if it looked at them.
    setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address().c_str(), 1);
    const std::unique_ptr<FILE, int (*)(FILE *)> program(popen(UPDATE_AGENT_PROGRAM " 2>&1", "r"), pclose);
    unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
    std::string said(1000, '\0');
    said.resize(fread(said.data(), 1, said.size(), program.get()));
    STRCMP_CONTAINS("update-agent cannot run: the name org.updatecontrol.Agent is taken", said.c_str());
    STRCMP_EQUAL("", call(caller.get(), "GetState").error.c_str());
}

TEST(BusService, it_stops_when_asked_and_gives_the_name_back) {
    served.stop();
    CHECK(!served.failure);
    STRCMP_EQUAL("job-1", served.agent.install("", {}).c_str());
}

TEST_GROUP(BusServiceWithoutBus){};

TEST(BusServiceWithoutBus, a_lost_bus_ends_the_service_with_an_error) {
    auto bus = std::make_unique<PrivateBus>();
    ServedAgent served(*bus);
    bus.reset();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (!served.failed && std::chrono::steady_clock::now() < deadline)
        usleep(10'000);
    served.stop();
    CHECK(served.failure != nullptr);
    CHECK_THROWS(BusFailed, std::rethrow_exception(served.failure));
}
