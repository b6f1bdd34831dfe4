"""In phase 2 the server is away for half a minute, then the agent is restarted. The job continues by itself."""
import time

from harness.amounts import in_mib
from harness.stage import Stage
from virtual_lab import places, update_control
from virtual_lab.waiting import wait_until

from . import common

AWAY_SECONDS = 30


def in_phase_2(stage: Stage) -> None:
    common.begin(stage, messages=50)
    install = stage.updates.start_install()
    reached = common.stop_in_the_middle_of_phase_2(stage, install, share=0.1)
    _server_goes_away(stage)
    _agent_is_restarted(stage)
    install.wait(common.UPGRADE_SECONDS)
    stage.checks.that(install.status in (update_control.RESTARTING, update_control.CONNECTION_LOST),
                      "the administrator's call runs until the appliance restarts", install.output[-600:])
    follow = stage.updates.follow_to_the_end(common.UPGRADE_SECONDS)
    stage.checks.equal(follow.status, update_control.DONE, "the upgrade comes to its end")
    stage.checks.equal(common.check_complete_pair(stage), places.NEW_VERSION, "the new version runs")
    _log_and_server_agree(stage, reached)
    stage.mail.send_to(stage.known_addresses())
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)
    common.check_mail(stage)


def _server_goes_away(stage: Stage) -> None:
    stage.server.go_away()
    stage.tell(f"the server is away for {AWAY_SECONDS} s")
    time.sleep(AWAY_SECONDS)
    stage.checks.equal(stage.updates.state()["phase"], 2, "the job waits in phase 2")
    stage.server.come_back()


def _agent_is_restarted(stage: Stage) -> None:
    stage.tell("the server is back; restarting the agent")
    job = stage.updates.state()["job"]
    stage.machine.shell.must("systemctl restart update-agent", timeout=common.PHASE_SECONDS)
    state = stage.updates.state()
    stage.checks.equal((state["job"], state["state"]), (job, "running"), "the new agent continues the job")
    wait_until(lambda: "going on where it stopped" in (stage.updates.state()["note"] or ""),
               "update-control -s says what happened", common.PHASE_SECONDS)
    stage.checks.equal(state["install_mib_per_second"], 0, "a rate that was set by command holds only until the agent is restarted")


def _log_and_server_agree(stage: Stage, reached: common.Written) -> None:
    checks, log = stage.checks, stage.xpu_log()
    (stage.folder / "xpu-after.log").write_text(log)
    retries = [line for line in log.splitlines() if "install the new OS: warning:" in line]
    stage.tell(f"the log has {len(retries)} warnings of phase 2: {retries[:1]}")
    checks.that(0 < len(retries) < 60, "the log shows a few retries", retries[:3])
    checks.that("the update agent was restarted during phase 2, install the new OS; going on where it stopped" in log,
                "and that the agent was restarted")
    plans, sent = common.plans_in(log), stage.server.sent_bytes()
    checks.that(len(plans) == 2 and plans[1].fetch < plans[0].fetch, "the second plan leaves out what was already written", plans)
    stage.tell(f"planned {in_mib(plans[0].fetch)}, then {in_mib(plans[1].fetch)}; the server sent {in_mib(sent)} in all")
    checks.that(sent < plans[0].fetch + common.IN_TRANSIT_BYTES, "hardly anything was fetched twice", f"{sent} bytes, {reached}")
    common.check_nothing_is_stored(stage)
