"""Part of `finding`: users other than root. Everybody may read; only the members of the configured group may change
something."""
from harness.stage import Stage
from virtual_lab.update_control import DONE

from . import common

_GROUP = "keepers"
_SETTINGS = "/etc/update-control/settings.xml"
# Prefixes that run a command as that user.
AS_MEMBER, _AS_STRANGER = "runuser -u keeper -- ", "runuser -u stranger -- "


def check(stage: Stage) -> None:
    """Afterwards the settings name the group and turn notices by mail off."""
    checks, shell = stage.checks, stage.machine.shell
    shell.must(f"groupadd {_GROUP} && useradd --no-create-home --groups {_GROUP} keeper && useradd --no-create-home stranger")
    stage.tell(f"there is a keeper, who belongs to the group {_GROUP}, and a stranger")
    for who in (AS_MEMBER, _AS_STRANGER):
        for action in ("-s", "-l"):
            call = stage.updates.run(f"{who}update-control {action}", common.PHASE_SECONDS)
            checks.equal(call.status, DONE, f"everybody may look: {who}update-control {action}")
    _denied(stage, f"{AS_MEMBER}update-control --check", "only root may do this")
    settings = f'<settings format="1"><notices mail="no"/><change group="{_GROUP}"/></settings>'
    shell.must(f"echo '{settings}' >{_SETTINGS}")
    call = stage.updates.run(f"{AS_MEMBER}update-control --check", common.PHASE_SECONDS)
    checks.equal(call.status, DONE, "a member of the group may look for new firmware")
    for action in ("--check", "-d fw", "-i fw", "--install-rate 1", "-c", "--rollback"):
        _denied(stage, f"{_AS_STRANGER}update-control {action}", f"only root and the members of the group {_GROUP} may do this")
    checks.equal(stage.updates.state()["state"], "idle", "and what was denied did not begin")


def _denied(stage: Stage, command: str, reason: str) -> None:
    call = stage.updates.run(command, common.PHASE_SECONDS)
    stage.checks.that(call.status not in (DONE, None) and reason in call.output, f"denied: {command}", (call.status, call.output))
