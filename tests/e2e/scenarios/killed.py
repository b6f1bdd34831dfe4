"""The machine loses its power once, in a given phase of an upgrade; then nobody helps."""
import time

from harness import update_control
from harness.stage import Stage

from . import common

# While mail flows, a machine that dies between a delivery and its record delivers again: mail's own rule
# (RFC 5321, 4.5.4.1). While mail is stopped nothing may come twice.
_MAIL_MAY_DOUBLE = (1, 2, 3, 10)


def in_phase(number: int):
    def scenario(stage: Stage) -> None:
        _killed(stage, number)
    return scenario


def _killed(stage: Stage, number: int) -> None:
    common.begin(stage, messages=200)
    install = stage.updates.start_install()
    stage.tell(f"waiting for phase {number} to begin")
    stage.machine.serial.wait_for_phase(number, common.UPGRADE_SECONDS)
    time.sleep(0.5)  # into the phase, not onto its first line
    stage.machine.lose_power()
    stage.tell("power lost; switching on again")
    install.wait(common.PHASE_SECONDS)
    stage.checks.that(install.status in (update_control.RESTARTING, update_control.CONNECTION_LOST, update_control.DONE),
                      "the call of the administrator ends by itself", install.status)
    stage.machine.power_on()
    stage.machine.wait_until_up()
    follow = stage.updates.follow_to_the_end(common.UPGRADE_SECONDS)
    stage.checks.that(follow.status in (update_control.DONE, update_control.FAILED, update_control.ROLLED_BACK),
                      "the job came to an end by itself", f"{follow.status}: {follow.output[-500:]}")
    stage.mail.send_to(stage.known_addresses())
    stage.mail.wait_until_flowing(common.MAIL_SECONDS * 2)
    state = stage.updates.state()
    stage.checks.equal(state["state"], "idle", "no job is left over")
    stage.checks.that(state["last"] and state["last"]["reason"] or state["last"]["result"] == "succeeded",
                      "the result says why", state)
    version = common.check_complete_pair(stage)
    stage.checks.equal(follow.status == update_control.DONE, version == "2.8.1.0", "the result fits the version that runs")
    stage.tell(f"{version} runs, result {state['last']['result']}: {state['last']['reason']}")
    common.check_mail(stage, exactly_once=number not in _MAIL_MAY_DOUBLE)
    if version == "2.8.0.0":
        common.check_next_install_is_possible(stage)
