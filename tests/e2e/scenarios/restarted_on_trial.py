"""What ends the trial of a new system tells itself apart afterwards: a person who restarts the appliance, the power, the
deadline. Three upgrades of one appliance, each back in the old system."""
import json
import re
import time
from typing import Callable

from harness import facts
from harness.stage import Stage
from virtual_lab import places, update_control
from virtual_lab.serial_console import begins
from virtual_lab.waiting import wait_until

from . import common

# Its conversion takes long enough to be interrupted on a slow machine too, and its health check never ends.
_VARIANT = "deadline"
# As image/build-variant sets them in the description of that variant, which has one conversion.
_CONVERSION_SECONDS, _DEADLINE_SECONDS = 120, 1


def causes_are_told_apart(stage: Stage) -> None:
    before = common.begin(stage, messages=20, variant=_VARIANT)
    _ends(stage, "a person restarts it", _person_restarts, "UC0103",
          r"the update agent was told to end, as before a restart of the appliance, during phase 7, migrate the message store"
          r"(: .+)?; the restart was asked for \(dbus-daemon: .+systemctl reboot.+\); see journalctl -b [0-9a-f]{32}$")
    _ends(stage, "the power fails", _power_fails, "UC0106",
          r"the appliance restarted during phase 7, migrate the message store, before the new system had proved itself; "
          r"no trace of why: a power failure or a hang; see journalctl -b [0-9a-f]{32}$")
    # On a slow machine it passes before the health check.
    _ends(stage, "the deadline passes", _nothing_happens, "UC0102",
          rf"version {places.NEW_VERSION} had {_CONVERSION_SECONDS + _DEADLINE_SECONDS} s to prove itself, and this deadline passed during phase (7|8|9|10), ")
    common.check_old_system(stage, before)
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)
    common.check_mail(stage)


def _ends(stage: Stage, title: str, happens: Callable[[Stage], None], code: str, reason: str) -> None:
    jobs, trials = len(_history(stage)), begins(stage.machine.serial.text()).count(7)
    # By name it is installed although it failed before.
    install = stage.updates.start_install("--force")
    stage.tell(f"{title}: waiting for the trial")
    wait_until(lambda: begins(stage.machine.serial.text()).count(7) > trials, "phase 7 begins", common.UPGRADE_SECONDS, every=0.2)
    happens(stage)
    install.wait(common.PHASE_SECONDS)
    stage.machine.shell.disconnect()
    follow = stage.updates.follow_to_the_end(common.UPGRADE_SECONDS)
    stage.checks.equal(follow.status, update_control.ROLLED_BACK, f"{title}: update-control -f says: rolled back")
    stage.checks.equal(facts.running_slot(stage.machine.shell), "a", f"{title}: the old system runs")
    _is_told(stage, title, jobs, code, reason)
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)


def _is_told(stage: Stage, title: str, jobs_before: int, code: str, reason: str) -> None:
    checks, jobs = stage.checks, _history(stage)
    checks.equal(len(jobs), jobs_before + 1, f"{title}: --history has one job more")
    last = jobs[-1]
    stage.tell(f"{title}: {last.get('code')}: {last['reason']}")
    checks.equal((last["result"], last.get("code")), ("rolled-back", code), f"{title}: --history --json has the result and the code")
    checks.that(re.match(reason, last["reason"]), f"{title}: and the cause", last["reason"])
    text = stage.machine.shell.must("update-control --history")
    checks.that(f"Reason: {last['reason']} [{code}]" in text, f"{title}: --history shows both", text)
    state = stage.updates.state()["last"] or {}
    checks.equal((state.get("reason"), state.get("code")), (last["reason"], code), f"{title}: -s --json says the same")
    status = stage.updates.run("update-control -s", common.PHASE_SECONDS)
    checks.that(last["reason"] in status.output, f"{title}: -s shows it", status.output)
    checks.that(last["reason"] in stage.xpu_log(), f"{title}: the log says it")


def _history(stage: Stage) -> list[dict]:
    return json.loads(stage.machine.shell.must("update-control --history --json"))["jobs"]


def _person_restarts(stage: Stage) -> None:
    stage.machine.shell.disconnect()
    stage.machine.shell.wait_until_reachable(common.PHASE_SECONDS)
    stage.machine.shell.run("systemctl reboot")


def _power_fails(stage: Stage) -> None:
    time.sleep(1)  # some way into the phase
    stage.machine.lose_power()
    stage.machine.power_on()
    stage.machine.wait_until_up()


def _nothing_happens(stage: Stage) -> None:
    stage.tell("the conversion takes its time, and the health check never ends")
