"""Part of `finding`: installations that begin by themselves, at their time and not before, and one that does not begin
because the appliance was off. Each is cancelled as soon as it has begun."""
import json
import time
from dataclasses import dataclass
from datetime import datetime, timezone

from harness.stage import Stage
from virtual_lab import places
from virtual_lab.update_control import DONE
from virtual_lab.waiting import wait_until

from . import common

_SETTINGS = "/etc/update-control/settings.xml"
# How long before its time an installation is scheduled; long enough for a few commands under emulation.
_AHEAD_SECONDS = 45
# How long after its time a job may begin: the feed is checked first.
_LATE_SECONDS = 120
_WINDOW_SECONDS = 60


@dataclass(frozen=True)
class Time:
    """A time by the appliance's clock."""
    seconds: int
    calendar: str

    @property
    def utc(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, timezone.utc)


def check(stage: Stage) -> None:
    """Afterwards there is no settings file."""
    # So slow that each job is still in a phase in which it can be cancelled.
    stage.updates.run("update-control --install-rate 1", common.PHASE_SECONDS)
    _ordered(stage)
    _postponed(stage)
    _only_security(stage)
    stage.updates.run("update-control --install-rate 0", common.PHASE_SECONDS)
    _missed(stage)


def _ordered(stage: Stage) -> None:
    checks, when = stage.checks, _in(stage, 60)
    call = stage.updates.run(f'update-control --at "{when.calendar}" -i fw', common.PHASE_SECONDS)
    checks.equal(call.status, DONE, f"an installation can be scheduled: {call.output[-300:]}")
    due = (stage.updates.state()["scheduled"] or {}).get("due_utc")
    checks.equal(due, when.utc.strftime("%Y-%m-%dT%H:%M:%SZ"), "-s shows when it is due")
    stage.tell(f"an installation is scheduled for {due}")
    _begins(stage, when, "the scheduled installation")
    checks.equal(stage.updates.state()["scheduled"], None, "an installation that has begun is no longer scheduled")


def _postponed(stage: Stage) -> None:
    call = stage.updates.run(f'update-control --postpone-until "{_in(stage, 24 * 3600).calendar}"', common.PHASE_SECONDS)
    stage.checks.equal(call.status, DONE, "windows can be postponed")
    _open_window(stage, "all")
    _says(stage, "the maintenance window is not used: postponed until", "a window in that time is not used")
    stage.updates.run("update-control --postpone-until now", common.PHASE_SECONDS)
    stage.checks.equal(stage.updates.state()["postponed_until"], None, "the postponement can be ended")


def _only_security(stage: Stage) -> None:
    _open_window(stage, "security")
    _says(stage, "the maintenance window is open, and there is nothing to install",
          "a window for security fixes installs no other firmware")
    stage.server.feed.publish(None, "--security-only", places.NEW_VERSION)
    _begins(stage, _open_window(stage, "security"), "the installation of a security fix")


def _open_window(stage: Stage, installs: str, minutes: int = 60, ahead_seconds: int = _AHEAD_SECONDS) -> Time:
    when = _in(stage, ahead_seconds)
    text = (f'<settings format="1"><install automatic="{installs}" window="{when.calendar.split()[1]}" '
            f'window-minutes="{minutes}"/></settings>')
    stage.machine.shell.must(f"echo '{text}' >{_SETTINGS}")

    def is_known():
        window = stage.updates.state()["next_window"]
        return window and window["opens_utc"] == when.utc.strftime("%Y-%m-%dT%H:%M:%SZ")
    wait_until(is_known, "-s shows the window of the changed settings", common.PHASE_SECONDS, every=1)
    stage.tell(f"a window for {installs} opens at {when.calendar}")
    return when


def _begins(stage: Stage, when: Time, what: str) -> None:
    """Checks that it begins at its time and not before, and cancels it."""
    state = wait_until(lambda: _running(stage), f"it begins: {what}", common.PHASE_SECONDS, every=1)
    late = datetime.fromisoformat(state["started"]).timestamp() - when.seconds
    stage.tell(f"{what} began {late:.0f} s after its time")
    stage.checks.that(0 <= late <= _LATE_SECONDS, f"it begins at its time and not before: {what}", f"{late} s late")
    call = stage.updates.run("update-control -c", common.PHASE_SECONDS)
    stage.checks.equal(call.status, DONE, f"it can be cancelled: {what}")


def _running(stage: Stage) -> dict | None:
    state = stage.updates.state()
    return state if state["state"] == "running" and state["started"] else None


def _says(stage: Stage, text: str, what: str) -> None:
    """Checks that the agent logs this when the window has opened, and that no job runs."""
    shell = stage.machine.shell
    wait_until(lambda: text in shell.must("journalctl --unit=update-agent.service --output=cat --no-pager --boot"),
               what, common.PHASE_SECONDS, every=2)
    stage.checks.equal(stage.updates.state()["state"], "idle", what)


def _missed(stage: Stage) -> None:
    checks, shell = stage.checks, stage.machine.shell
    when = _open_window(stage, "all", minutes=_WINDOW_SECONDS // 60)
    jobs = stage.updates.state()["last"]
    stage.machine.lose_power()
    # At power on the appliance takes the time from this machine.
    slack = 15
    time.sleep(max(0, when.seconds + _WINDOW_SECONDS + slack - time.time()))
    stage.machine.boot()
    entries = wait_until(lambda: [json.loads(line) for line in shell.must(
        "journalctl UPDATE_CONTROL_NOTICE=window-missed --output=json --no-pager --boot").splitlines()],
        "a window that passed while the appliance was off is reported", common.PHASE_SECONDS, every=2)
    checks.that(len(entries) == 1 and when.utc.strftime("%H:%M:%S") in entries[0]["UPDATE_CONTROL_SUBJECT"],
                "the report says which window was missed", entries)
    state = stage.updates.state()
    checks.equal((state["state"], state["last"]), ("idle", jobs), "a missed installation is not started later")
    opens = state["next_window"]
    checks.that(opens and datetime.fromisoformat(opens["opens_utc"]) > when.utc, "the next one is a later one", opens)
    shell.must(f"rm {_SETTINGS}")


def _in(stage: Stage, seconds: int) -> Time:
    words = stage.machine.shell.must(f"date --utc --date='+{seconds} seconds' '+%s %F %T'").split(maxsplit=1)
    return Time(int(words[0]), words[1].strip())
