"""What holds of a fleet. The servers' histories make the days."""
from lab.stage import require, require_ended

GROUPS = {"group_a": ["a1", "a2", "a3"], "group_b": ["b1"]}
SETTINGS = {"fleet_groups": ["group_a", "group_b"], "fleet_at_a_time": 2, "fleet_canaries": 1}


def run(stage, well: bool = True, *arguments: str):
    found = stage.play("fleet", *arguments)
    require_ended(found, well)
    return found


def groups_follow_each_other_a_day_apart(make) -> None:
    stage = make(GROUPS)
    stage.settings.update(SETTINGS)
    first = run(stage)
    require(stage.versions() == ["2.8.1.0"] * 3 + ["2.8.0.0"], f"versions: {stage.versions()}")
    order = first.order_of("Install and wait for the version")
    require(order[0] == "a1", f"the canary was not first: {order}")
    require("group group_b waits" in run(stage).log, "group b doesn't wait")
    require("-i" not in " ".join(stage.nodes["b1"].commands()), "b1 was touched on the same day")
    for name in GROUPS["group_a"]:
        stage.nodes[name].date(days=2)
    require("versions are mixed since" in run(stage).log, "the age of the mix is not shown")
    require(stage.versions() == ["2.8.1.0"] * 4, f"versions: {stage.versions()}")
    require("finished" in run(stage).log, "the end is not told")


def a_server_that_fails_halts_the_fleet(make) -> None:
    stage = make(GROUPS)
    stage.settings.update(SETTINGS)
    stage.nodes["a1"].order(outcome="rolled-back")
    require("rolled-back" in run(stage, False).log, "the reason is not told")
    require("halted: a1" in run(stage, False).log, "it does not stay halted")
    touched = [name for name in ("a2", "a3", "b1") if any(c.startswith("-i") for c in stage.nodes[name].commands())]
    require(not touched, f"touched after the canary had failed: {touched}")
    stage.nodes["a1"].order(outcome="succeeded")
    run(stage, True, "-e", "fleet_retry=a1")
    require(any("--force" in words for words in stage.nodes["a1"].commands()), "it was not tried again by force")
    require(stage.versions() == ["2.8.1.0"] * 3 + ["2.8.0.0"], f"versions: {stage.versions()}")


def a_server_that_runs_the_version_but_loses_mail_halts_the_fleet(make) -> None:
    """Nothing more begins because of it, in its group and in the next one."""
    stage = make(GROUPS)
    stage.settings.update(SETTINGS, fleet_at_a_time=1)
    run(stage)
    require(stage.versions() == ["2.8.1.0"] * 2 + ["2.8.0.0"] * 2, f"not one at a time: {stage.versions()}")
    stage.nodes["a2"].order(test_message_lost=True)
    log = " ".join(run(stage, False).log.split())
    require("halted: a2 (runs 2.8.1.0, but: no test message passes through it: " in log, f"not told:\n{log[-3000:]}")
    require(stage.versions()[2] == "2.8.0.0", "the rollout went on")
    stage.nodes["a2"].order(test_message_lost=False)
    run(stage)
    for name in GROUPS["group_a"]:
        stage.nodes[name].date(days=2)
    stage.nodes["a3"].order(mail_stopped=True)
    require("halted: a3" in run(stage, False).log, "a server without mail is no reason to halt")
    require(stage.versions() == ["2.8.1.0"] * 3 + ["2.8.0.0"], f"versions: {stage.versions()}")


def what_would_fetch_too_much_is_refused(make) -> None:
    stage = make({"berlin": ["a1"]})
    stage.settings.update(fleet_groups=["berlin"], fleet_mib_per_server=50)
    stage.nodes["a1"].order(fetch_bytes=60 << 20)
    require("would fetch 60.0 MiB, more than the 50 MiB of fleet_mib_per_server." in " ".join(run(stage, False).log.split()),
            "the limit is not told")
    stage.settings["fleet_mib_per_server"] = 100
    stage.settings["fleet_paused"] = True
    require("fleet_paused is set" in run(stage).log, "the pause is not told")
    require(stage.versions() == ["2.8.0.0"], f"versions: {stage.versions()}")
    stage.settings["fleet_paused"] = False
    run(stage)
    require(stage.versions() == ["2.8.1.0"], f"versions: {stage.versions()}")


def what_servers_tell_is_never_a_template(make) -> None:
    """Otherwise a server could have this machine run commands: {{ lookup('pipe', …) }}."""
    stage = make(GROUPS)
    stage.settings.update(SETTINGS)
    failed = {"job": "job-1", "operation": "install", "to": "2.8.1.0", "result": "failed", "reason": "{{ 7*7 }} is why"}
    stage.nodes["a1"].tell(history=[failed])
    stage.nodes["a2"].tell(version="{{ 7*7 }}")
    log = run(stage, False).log
    require("{{ 7*7 }} is why" in log and "1 x {{ 7*7 }}" in log, f"the report doesn't show it:\n{log[-3000:]}")
    require("49" not in log, f"it was carried out:\n{log[-3000:]}")


SCENARIOS = [groups_follow_each_other_a_day_apart, a_server_that_fails_halts_the_fleet,
             a_server_that_runs_the_version_but_loses_mail_halts_the_fleet, what_would_fetch_too_much_is_refused,
             what_servers_tell_is_never_a_template]
