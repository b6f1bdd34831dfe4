"""The machine loses its power once, in a given phase of an upgrade, and recovers by itself."""
import time

from harness.amounts import in_mib
from harness.stage import Stage
from virtual_lab import places, update_control
from virtual_lab.serial_console import begins
from virtual_lab.update_control import Call

from . import common

# While mail flows, a machine that dies after a delivery and before recording it must deliver again (RFC 5321, 4.5.4.1).
# While mail is stopped, no message may be delivered twice.
_MAIL_MAY_DOUBLE = (1, 2, 3, 10)


def in_phase(number: int):
    def scenario(stage: Stage) -> None:
        _killed(stage, number)
    return scenario


def _killed(stage: Stage, number: int) -> None:
    common.begin(stage, messages=200)
    install, reached = stage.updates.start_install(), None
    stage.tell(f"waiting for phase {number} to begin")
    if number == 2:
        reached = common.stop_in_the_middle_of_phase_2(stage, install, share=0.3)
    else:
        stage.machine.serial.wait_for_phase(number, common.UPGRADE_SECONDS)
        time.sleep(0.5)  # some way into the phase
    _power_fails(stage, install)
    follow = stage.updates.follow_to_the_end(common.UPGRADE_SECONDS)
    stage.checks.that(follow.status in (update_control.DONE, update_control.FAILED, update_control.ROLLED_BACK),
                      "the job came to an end by itself", f"{follow.status}: {follow.output[-500:]}")
    stage.mail.send_to(stage.known_addresses())
    stage.mail.wait_until_flowing(common.MAIL_SECONDS * 2)
    state = stage.updates.state()
    stage.checks.equal(state["state"], "idle", "no job is left")
    stage.checks.that(state["last"] and state["last"]["reason"] or state["last"]["result"] == "succeeded",
                      "the result says why", state)
    version = common.check_complete_pair(stage)
    stage.checks.equal(follow.status == update_control.DONE, version == "2.8.1.0", "the result fits the version that runs")
    if number <= 2:
        stage.checks.equal(version, places.NEW_VERSION, "the upgrade went on by itself")
        _continued_by_itself(stage, number)
    if reached:
        _fetched_and_wrote_only_what_was_missing(stage, reached)
    stage.tell(f"{version} runs, result {state['last']['result']}: {state['last']['reason']}")
    common.check_mail(stage, exactly_once=number not in _MAIL_MAY_DOUBLE)
    if version == "2.8.0.0":
        common.check_next_install_is_possible(stage)


def in_the_middle_of_phase_2(stage: Stage, install: Call) -> common.Written:
    """Takes the power away in phase 2 and gives it back; what phase 2 had done by then. The job then continues."""
    reached = common.stop_in_the_middle_of_phase_2(stage, install, share=0.3)
    _power_fails(stage, install)
    return reached


def check_that_phase_2_was_resumed(stage: Stage, reached: common.Written) -> None:
    _continued_by_itself(stage, 2)
    _fetched_and_wrote_only_what_was_missing(stage, reached)


def _power_fails(stage: Stage, install: Call) -> None:
    stage.machine.lose_power()
    stage.tell(f"power lost in phase {(begins(stage.machine.serial.text()) or [0])[-1]}; powering on again")
    install.wait(common.PHASE_SECONDS)
    stage.checks.that(install.status in (update_control.RESTARTING, update_control.CONNECTION_LOST, update_control.DONE),
                      "the call of the administrator ends by itself", install.status)
    stage.machine.power_on()
    stage.machine.wait_until_up()


def _continued_by_itself(stage: Stage, number: int) -> None:
    """In these phases the old system runs and nothing has failed, so the job continues."""
    says = f"the appliance restarted during phase {number}"
    log = stage.xpu_log()
    stage.checks.that(says in log and "going on where it stopped" in log, "the log says what interrupted it", log[:1500])


def _fetched_and_wrote_only_what_was_missing(stage: Stage, reached: common.Written) -> None:
    checks, plans = stage.checks, common.plans_in(stage.xpu_log())
    checks.equal(len(plans), 2, "phase 2 was planned twice")
    first, second = plans[0], plans[-1]
    checks.that(second.present >= reached.written - common.CHECKPOINT_BYTES - common.IN_TRANSIT_BYTES,
                "what was written before the last checkpoint is there", f"{second}, after {reached}")
    checks.that(second.fetch < first.fetch, "less is to be fetched than at first", plans)
    sent = stage.server.sent_bytes()
    stage.tell(f"planned {in_mib(first.fetch)}, then {in_mib(second.fetch)}; the server sent {in_mib(sent)} in all")
    checks.that(sent <= first.fetch + common.CHECKPOINT_BYTES + common.IN_TRANSIT_BYTES,
                "in all no more was fetched than was missing and one checkpoint", f"{sent} bytes, {plans}")
    common.check_nothing_is_stored(stage)
