"""Which servers are due, by tables of cases: the filter alone, without servers."""
from datetime import datetime, timedelta, timezone

from lab.stage import require

NOW = datetime(2026, 12, 3, 14, 0, tzinfo=timezone.utc)  # a Thursday


def server(name: str, hours_ago: float | None = None, result: str = "succeeded", test=None, **state) -> dict:
    """Upgraded so many hours ago; None: not yet."""
    jobs = []
    if hours_ago is not None:
        when = (NOW - timedelta(hours=hours_ago)).isoformat()
        jobs = [{"to": "2.8.1.0", "operation": "install", "result": result, "reason": "gate", "started": when, "ended": when,
                 "fetch_bytes": 40 << 20}]
    running = "2.8.1.0" if jobs and result == "succeeded" else "2.8.0.0"
    return {"name": name, "group": name[0], "state": {"running_version": running, "state": "idle", **state}, "jobs": jobs,
            "test": test}


def installing(name: str, **state) -> dict:
    return server(name, None, **{"state": "running", "operation": "install", **state})


def silent(name: str) -> dict:
    return {"name": name, "group": name[0], "state": {}, "jobs": []}


def telling(name: str, state=None, **job) -> dict:
    """Whatever a server that somebody else holds could tell."""
    return {"name": name, "group": name[0], "state": {"running_version": "2.8.0.0", "state": "idle"} if state is None else state,
            "jobs": job.get("jobs", [{"to": "2.8.1.0", "result": "failed", "started": NOW.isoformat(), **job}])}


def plan(servers: list[dict], **settings) -> dict:
    from ansible_collections.updatecontrol.appliance.plugins.filter.fleet import fleet_plan
    return fleet_plan(servers, {"version": "2.8.1.0", "groups": ["a", "b", "c"], **settings}, NOW.isoformat())


def each_case_chooses_what_is_due(make) -> None:
    done, fresh = 30, 1
    cases = [
        ("a canary first", [server("a1"), server("a2"), server("b1")], {}, ["a1"], "canary"),
        ("then its group", [server("a1", fresh), server("a2"), server("a3"), server("b1")], {}, ["a2", "a3"], "group a"),
        ("two canaries", [server("a1"), server("a2"), server("a3")], {"canaries": 2}, ["a1", "a2"], "canary"),
        ("one group a day", [server("a1", fresh), server("b1")], {"wait_hours": 0}, [], "one group a day"),
        ("hours between groups", [server("a1", 20), server("b1")], {"wait_hours": 24}, [], "24 hours are waited"),
        ("the next group", [server("a1", done), server("b1")], {}, ["b1"], "group b"),
        ("two groups a day", [server("a1", fresh), server("b1")], {"wait_hours": 0, "one_group_a_day": False}, ["b1"], "group b"),
        ("not on this day", [server("a1")], {"days": ["Mon", "Fri"]}, [], "the window is Mon,Fri"),
        ("not at this hour", [server("a1")], {"start_hour": 2, "window_hours": 4}, [], "from 2:00 for 4 hours"),
        ("over midnight", [server("a1")], {"days": ["Wed"], "start_hour": 22, "window_hours": 17}, ["a1"], "canary"),
        ("no window", [server("a1")], {"days": ["Mon"], "ignore_window": True}, ["a1"], "canary"),
        ("a pause", [server("a1")], {"paused": True}, [], "fleet_paused"),
        ("a failure halts", [server("a1", fresh, "rolled-back"), server("a2")], {}, [], "halted: a1 (gate)"),
        ("a failure is tried again", [server("a1", fresh, "failed"), server("a2")], {"retry": ["a1"]}, ["a1"], "canary"),
        ("a failure is left out", [server("a1", 2, "failed"), server("a2")], {"halt_on_error": False}, ["a2"], "group a"),
        ("too few succeeded", [server("a1", done, "failed"), server("a2", done), server("b1")], {"halt_on_error": False}, [], "is stuck"),
        ("enough succeeded", [server("a1", done, "failed"), server("a2", done), server("b1")],
         {"halt_on_error": False, "success_percent": 50}, ["b1"], "group b"),
        ("no answer is no success", [silent("a1"), server("a2", done), server("b1")], {}, [], "no answer: ['a1']"),
        ("no answer is named", [server("a1", fresh), silent("a2"), server("a3")], {}, ["a3"], "no answer: a2"),
        ("in batches", [server("a1", fresh), *map(server, ("a2", "a3", "a4"))], {"at_a_time": 2}, ["a2", "a3"], "for a later run: a4"),
        ("canaries in batches", [server("a1"), server("a2"), server("a3")], {"canaries": 3, "at_a_time": 2}, ["a1", "a2"],
         "a1, a2 (canary); for a later run: a3"),
        ("a job is watched outside the window", [installing("a1"), server("b1")], {"days": ["Mon"]}, ["a1"], "group a"),
        ("and opens it for no other", [server("a1", done), installing("a2"), server("a3")], {"days": ["Mon"]}, ["a2"],
         "for a later run: a3 (the window is Mon"),
        ("nor the wait for its group", [server("a1", fresh), installing("b1"), server("b2")], {"canaries": 2}, ["b1"], "for a later run: b2 ("),
        ("a job is watched in a pause", [installing("a1"), server("a2")], {"paused": True, "canaries": 0}, ["a1"], "(fleet_paused is set)"),
        ("a job takes its place in the batch", [server("a1", done), server("a2"), server("a3"), installing("a4")], {"at_a_time": 2},
         ["a4", "a2"], "for a later run: a3"),
        ("a job ends before the next group begins", [server("a1", done, state="running", operation="install"), server("b1")], {}, ["a1"],
         "group a"),
        ("a download opens no window", [server("a1", None, state="running", operation="download"), server("a2")], {"days": ["Mon"]}, [],
         "the window is Mon"),
        ("a download is not disturbed", [server("a1", None, state="running", operation="download"), server("a2")], {}, ["a2"],
         "for a later run: a1"),
        ("a download alone", [server("a1", None, state="running", operation="download")], {}, [], "waits: a1 is busy (download)"),
        ("a download afterwards", [server("a1", done, state="running", operation="download"), server("b1")], {}, ["b1"], "group b"),
        ("traffic of an hour", [server("a1", 0.5), server("a2"), server("a3"), server("a4")], {"mib_per_hour": 150}, ["a2", "a3"], "group a"),
        ("no traffic left", [server("a1", 0.5), server("a2")], {"mib_per_hour": 80}, [], "80 MiB were fetched"),
        ("finished", [server("a1", done), server("b1", done)], {}, [], "finished"),
    ]
    for what, servers, settings, due, why in cases:
        found = plan(servers, **settings)
        require(found["hosts"] == due and why in found["why"], f"{what}: {found}")


def a_server_that_runs_the_version_but_is_broken_is_no_success(make) -> None:
    done, stopped = 30, {"mail": "stopped", "mail_problem": {"text": "postfix.service failed", "advice": "look"}}
    again = "-e fleet_retry=a1;"
    cases = [
        ("mail is stopped", server("a1", done, **stopped), "a1 (runs 2.8.1.0, but: mail is stopped: postfix.service failed. See: look)"),
        ("a problem", server("a1", done, problem="the journal cannot be read"), "but: the journal cannot be read"),
        ("its job is not finished", finished_badly("a1", unfinished=True), again),
        ("its job failed", finished_badly("a1", result="failed"), again),
        ("no test message", server("a1", done, test="no test message passes through it: lost"), "but: no test message passes"),
    ]
    for what, broken, why in cases:
        for others in ([server("a2")], [server("b1")]):
            found = plan([broken, *others])
            require(found["halted"] and not found["hosts"] and why in found["why"], f"{what}: {found}")
        found = plan([broken, server("b1")], halt_on_error=False)
        require("is stuck" in found["why"] and not found["hosts"], f"{what}, left out: {found}")
    for what, sound in (("drained on request", server("a1", done, mail="stopped", drained={"by": "root"})),
                        ("in its last phases", installing("a1", running_version="2.8.1.0", mail="stopped"))):
        require(not plan([sound, server("b1")])["halted"], f"{what}: {plan([sound, server('b1')])}")
    # What lies in the past may be forgiven, what is wrong now may not.
    found = plan([finished_badly("a1", unfinished=True), server("b1")], retry="a1")
    require(found["hosts"] == ["b1"], f"forgiven: {found}")
    found = plan([server("a1", done, **stopped), server("b1")], retry="a1")
    require(found["halted"] and "fleet_retry" not in found["why"], f"not to be forgiven: {found}")


def finished_badly(name: str, **job) -> dict:
    return telling(name, {"running_version": "2.8.1.0", "state": "idle"}, **{"result": "failed", "reason": "gate", **job})


def a_test_message_proves_what_more_is_begun_because_of(make) -> None:
    done = 30
    cases = [
        ("a begun group", [server("a1", done), server("a2", done), server("a3")], {}, ["a1", "a2"]),
        ("the group before", [server("a1", done), server("b1"), server("b2")], {}, ["a1"]),
        ("no longer the group before", [server("a1", done), server("b1", done), server("b2")], {}, ["b1"]),
        ("once", [server("a1", done, test=""), server("a2", done), server("a3")], {}, ["a2"]),
        ("nothing begins", [server("a1", done), server("a2")], {"paused": True}, []),
        ("a job is watched only", [server("a1", done), installing("a2")], {}, []),
        ("the first", [server("a1"), server("a2")], {}, []),
        ("finished", [server("a1", done), server("b1", done)], {}, []),
    ]
    for what, servers, settings, proved in cases:
        found = plan(servers, **settings)
        require(found["to_prove"] == proved, f"{what}: {found}")


def what_a_test_message_has_told_is_read(make) -> None:
    from ansible_collections.updatecontrol.appliance.plugins.filter.fleet import fleet_told
    lost = {"answered": True, "rc": 1, "msg": "lost"}
    for result, test in (({"answered": True, "rc": 0}, ""), (lost, "no test message passes through it: lost"),
                         ({"answered": True, "rc": 4, "msg": "another job runs"}, None), ({"skipped": True}, None), (None, None),
                         ({"answered": False, "msg": "silent"}, "no test message passes through it: silent")):
        found = fleet_told({"s1": {"fleet_test": result}}, {"a": ["s1"]}, "a")
        require(found[0]["test"] == test, f"{result}: {found}")


def a_list_may_be_given_as_text(make) -> None:
    """As -e gives it."""
    failed = [server(name, 1, "failed") for name in ("a1", "a2")]
    halted = plan(failed)
    require("run again with -e fleet_retry=a1,a2" in halted["why"], f"no command: {halted}")
    found = plan(failed, retry="a1, a2", days="Thu,Fri", groups="a,b", canaries=0)
    require(found["hosts"] == ["a1", "a2"] and found["retry"] == ["a1", "a2"], f"{found}")
    require(plan([server("a1", 1, "failed")], retry="a11")["halted"], "a part of a name was taken for it")
    require(plan([server("a1")], retry=None)["retry"] == [], "nothing at all")


def a_server_that_tells_nonsense_stops_no_other(make) -> None:
    """Either it counts as one that doesn't answer, or what can't be believed of it is left out."""
    unreadable = [("jobs that are no list", telling("a1", jobs=5)), ("a job that is none", telling("a1", jobs=[1])),
                  ("jobs by name", telling("a1", jobs={"to": "2.8.1.0"})), ("a state that is none", telling("a1", [1])),
                  ("a version that is a number", telling("a1", {"running_version": 5})),
                  ("a version that is a list", telling("a1", {"running_version": []})),
                  ("a long version", telling("a1", {"running_version": "9" * 5000})),
                  ("bytes that are none", telling("a1", fetch_bytes={"a": 1})), ("endless bytes", telling("a1", fetch_bytes=float("inf")))]
    for what, told in unreadable:
        found = plan([told, server("a2")])
        require(found["hosts"] == ["a2"] and "no answer: a1" in found["why"], f"{what}: {found}")
    for what, told in [("a huge fetch", telling("a1", fetch_bytes=10 ** 18)), ("less than nothing", telling("a1", fetch_bytes=-10 ** 18))]:
        found = plan([told, server("a2"), server("a3")], halt_on_error=False, mib_per_hour=1124)
        require(found["hosts"] == ["a2"], f"{what}: {found}")
    for time in ("2026-12-03T13:00:00", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-10:00", "soon", 5, None, ["x"]):
        done = telling("a1", {"running_version": "2.8.1.0", "state": "idle"}, result="succeeded", started=time, ended=time)
        found = plan([done, server("b1")], mib_per_hour=1000)
        require(found["hosts"] == ["b1"], f"the time {time!r}: {found}")


def the_age_of_mixed_versions_is_told(make) -> None:
    told = plan([server("a1", 48), server("b1")], max_mixed_days=1)
    require("versions are mixed since 2026-12-01 14:00, 2.0 days, longer than the 1 days that are allowed" in told["report"], f"{told}")
    require(told["mixed_too_long"] and told["report"][0] == "group a: 1 x 2.8.1.0", f"{told}")
    require(not any("mixed" in line for line in plan([server("a1", 48)])["report"]), "told without a mix")


def wrong_settings_are_refused(make) -> None:
    for settings in ({"days": ["Monday"]}, {"version": ""}, {"groups": []}, {"hours": 3}, {"retry": {"a1": 1}}, {"at_a_time": 0}):
        try:
            require(False, f"accepted: {plan([server('a1')], **settings)}")
        except ValueError:
            pass


SCENARIOS = [each_case_chooses_what_is_due, a_server_that_runs_the_version_but_is_broken_is_no_success,
             a_test_message_proves_what_more_is_begun_because_of, what_a_test_message_has_told_is_read, a_list_may_be_given_as_text,
             a_server_that_tells_nonsense_stops_no_other, the_age_of_mixed_versions_is_told, wrong_settings_are_refused]
