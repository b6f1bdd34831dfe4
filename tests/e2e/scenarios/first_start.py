"""Starts the appliance as image/build made it, from power on until mail flows. Then saves it for the other scenarios."""
from harness.stage import Stage
from virtual_lab import places

from . import common

# As many as any scenario needs: each scenario looks for all of them again at its end.
MESSAGES = 1000


def is_saved(stage: Stage) -> None:
    common.begin(stage, MESSAGES)
    stage.mail.rate(0)
    stage.checks.equal(common.check_complete_pair(stage), places.OLD_VERSION, "the release that it was delivered with runs")
    common.check_mail(stage)
    stage.checks.conclude()  # other scenarios resume this appliance: save it only if all checks hold
    stage.tell("saving the running appliance")
    stage.save_appliance()
