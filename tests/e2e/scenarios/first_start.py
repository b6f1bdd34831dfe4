"""The appliance as image/build made it: from power on to mail that flows. It is saved then, and the other scenarios go on
from there."""
from harness.stage import Stage
from virtual_lab import places

from . import common

# As many as the most demanding scenario wants to find: each is looked for again at the scenario's end.
MESSAGES = 1000


def is_saved(stage: Stage) -> None:
    common.begin(stage, MESSAGES)
    stage.mail.rate(0)
    stage.checks.equal(common.check_complete_pair(stage), places.OLD_VERSION, "the release that it was delivered with runs")
    common.check_mail(stage)
    stage.checks.conclude()  # others go on from here: only what is right may be saved
    stage.tell("saving the running appliance")
    stage.save_appliance()
