"""An appliance of release 2.8.0.0 finds new firmware by itself, announces it once by every configured way, and permits
users without rights only to read. Nothing is installed."""
import re

from harness.amounts import AMOUNT
from harness.stage import Stage
from virtual_lab import places
from virtual_lab.waiting import wait_until

from . import common, finding_download, finding_feeds, finding_keys, finding_members, finding_schedule, finding_telling

_TIMER = "/etc/systemd/system/update-check.timer.d/often.conf"


def announced_and_fetched(stage: Stage) -> None:
    stage.start_appliance()
    _nothing_is_known(stage)
    signals = finding_telling.prepare(stage)
    common.publish(stage)
    _timer_finds_it(stage)
    finding_telling.check(stage, signals, run_timer_again=lambda: _wait_for_timer_runs(stage, _timer_runs(stage) + 1))
    _timer_as_delivered(stage)
    finding_members.check(stage)
    finding_keys.check(stage)
    finding_download.check(stage)
    finding_telling.check_ready(stage)
    finding_schedule.check(stage)
    finding_feeds.check(stage)


def _nothing_is_known(stage: Stage) -> None:
    checks, shell = stage.checks, stage.machine.shell
    offer = stage.updates.firmware()
    checks.equal((offer["feed"]["checked"], offer["path"]), (None, []), "a new appliance knows of no firmware")
    timer = shell.must("systemctl show update-check.timer --property=ActiveState,TimersCalendar,RandomizedDelayUSec")
    checks.that("ActiveState=active" in timer and "OnCalendar=*-*-* 00:00:00" in timer and "RandomizedDelayUSec=6h" in timer,
                "it checks every day, at a random time", timer)


def _timer_finds_it(stage: Stage) -> None:
    """The timer finds the firmware, with other times but otherwise as delivered. Nobody calls update-control --refresh."""
    checks, shell = stage.checks, stage.machine.shell
    shell.must(f"mkdir -p {_TIMER.rpartition('/')[0]} && printf '%s\\n' '[Timer]' OnCalendar= RandomizedDelaySec=0 "
               f"AccuracySec=1s OnActiveSec=1s OnUnitInactiveSec=5s >{_TIMER}")
    shell.must("systemctl daemon-reload && systemctl restart update-check.timer")
    stage.tell("the timer now runs every few seconds")
    path = wait_until(lambda: stage.updates.firmware()["path"], "-l shows firmware without a call of --refresh",
                      common.PHASE_SECONDS, every=1)
    checks.equal([hop["version"] for hop in path], [places.NEW_VERSION], "the timer's check finds the firmware")
    wait_until(lambda: _timer_runs(stage) >= 1, "a check by the timer has ended", common.PHASE_SECONDS, every=1)
    listed = stage.updates.run("update-control -l", common.PHASE_SECONDS)
    checks.that(re.search(rf"Available +version {re.escape(places.NEW_VERSION)}, {AMOUNT}, of \d{{4}}-\d\d-\d\d .*, converts data\n",
                          listed.output), "-l shows version, size, day and kind", listed.output)
    notes = path[0]["release_notes"].strip().splitlines()
    checks.that(notes and all(line.strip() in listed.output for line in notes), "and the release notes", listed.output)
    checks.that(stage.server.requests("feed.xml"), "the feed came from the vendor's server")


def _timer_as_delivered(stage: Stage) -> None:
    stage.machine.shell.must(f"rm {_TIMER} && systemctl daemon-reload && systemctl restart update-check.timer")


def _timer_runs(stage: Stage) -> int:
    """How many times the timer's service has succeeded."""
    return int(stage.machine.shell.must("journalctl --unit=update-check.service JOB_TYPE=start JOB_RESULT=done "
                                        "--output=cat --no-pager | grep -c . || true"))


def _wait_for_timer_runs(stage: Stage, count: int) -> None:
    wait_until(lambda: _timer_runs(stage) >= count, f"the timer has checked {count} times", common.PHASE_SECONDS, every=1)
