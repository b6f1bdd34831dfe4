"""The server goes away for half a minute while phase 2 fetches from it. Nobody has to do anything."""
import time

from harness import places, update_control
from harness.stage import Stage

from . import common

AWAY_SECONDS = 30


def comes_back(stage: Stage) -> None:
    common.begin(stage, messages=50)
    install = stage.updates.start_install()
    reached = common.stop_in_the_middle_of_phase_2(stage, install, share=0.1)
    stage.server.go_away()
    stage.tell(f"the server is away; {AWAY_SECONDS} s")
    time.sleep(AWAY_SECONDS)
    stage.checks.that(stage.updates.state()["phase"] == 2, "the job waits in phase 2", stage.updates.state())
    stage.server.come_back()
    stage.tell("the server is back")
    stage.checks.equal(stage.updates.run("update-control --install-rate 0", common.PHASE_SECONDS).status, 0,
                       "a slowed down phase 2 is let go")
    install.wait(common.UPGRADE_SECONDS)
    follow = stage.updates.follow_to_the_end(common.UPGRADE_SECONDS)
    stage.checks.equal(follow.status, update_control.DONE, "the upgrade comes to its end")
    stage.checks.equal(common.check_complete_pair(stage), places.NEW_VERSION, "the new version runs")
    log = stage.xpu_log()
    (stage.folder / "xpu-after.log").write_text(log)
    retries = [line for line in log.splitlines() if "install the new OS: warning:" in line]
    stage.tell(f"the log has {len(retries)} warnings of phase 2: {retries[:1]}")
    stage.checks.that(0 < len(retries) < 60, "the log says that it tried again, and not too often", retries[:3])
    plans, sent = common.plans_in(log), stage.server.sent_bytes() / 1e6
    stage.checks.that(len(plans) == 1 and sent < 1.3 * plans[0].fetch + common.UNDER_WAY_MB, "nothing was fetched again",
                      f"{sent} MB, {plans}, {reached}")
    stage.mail.send_to(stage.known_addresses())
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)
    common.check_mail(stage)
