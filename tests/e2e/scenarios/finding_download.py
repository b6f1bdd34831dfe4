"""Part of `finding`: a download during which the agent is killed, and one during which the power fails. Each continues by
itself, and by the server's log hardly anything is sent twice."""
import hashlib
import re
from pathlib import Path

from harness import facts
from harness.amounts import AMOUNT, bytes_in, in_mib
from harness.stage import Stage
from virtual_lab import places
from virtual_lab.update_control import DONE, Call
from virtual_lab.waiting import wait_until

from . import common
from .finding_members import AS_MEMBER

# Slow enough for a poll every second over SSH to see the middle of the download.
_WATCHABLE_MIB_PER_SECOND = 6
# The part that has not arrived completely when the reader dies, and the buffers of two connections and of update-fetch.
_IN_TRANSIT_BYTES = 16 << 20
# DownloadRoom::sync_bytes
_UNSYNCED_BYTES = 16 << 20
_KEPT = f"/var/spool/updates/firmware/{places.NEW_VERSION}.fw"


def check(stage: Stage) -> None:
    stage.server.pace(_WATCHABLE_MIB_PER_SECOND)
    _agent_is_killed(stage)
    stage.machine.shell.must(f"rm {_KEPT}")
    _power_fails(stage)
    stage.machine.shell.must(f"rm {_KEPT}")
    stage.server.pace(0)


def _agent_is_killed(stage: Stage) -> None:
    before, whole = stage.server.sent_bytes(), _whole_bytes(stage)
    reached = _reach(stage, stage.updates.start(f"{AS_MEMBER}update-control -d fw", "download"), 0.4)
    stage.machine.shell.must("systemctl kill --kill-whom=main --signal=KILL update-agent.service")
    stage.tell(f"the agent was killed when {in_mib(reached)} of {in_mib(whole)} were there")
    _continues_to_its_end(stage, "the update agent was restarted")
    sent = stage.server.sent_bytes() - before
    stage.tell(f"the server sent {in_mib(sent)} for {in_mib(whole)}")
    stage.checks.that(sent <= whole * 1.01 + _IN_TRANSIT_BYTES,
                      "after an agent was killed at most 1 % of the file and 16 MiB in transit are fetched twice",
                      f"{sent} for {whole}")


def _power_fails(stage: Stage) -> None:
    before, whole = stage.server.sent_bytes(), _whole_bytes(stage)
    reached = _reach(stage, stage.updates.start(f"{AS_MEMBER}update-control -d fw", "download"), 0.5)
    stage.machine.lose_power()
    stage.tell(f"the power failed when {in_mib(reached)} of {in_mib(whole)} were there; powering on again")
    stage.machine.boot()
    _continues_to_its_end(stage, "the appliance restarted")
    sent = stage.server.sent_bytes() - before
    stage.tell(f"the server sent {in_mib(sent)} for {in_mib(whole)}")
    stage.checks.that(sent <= whole * 1.01 + _IN_TRANSIT_BYTES + _UNSYNCED_BYTES,
                      "after a power failure also 16 MiB that were not synced yet", f"{sent} for {whole}")


def _reach(stage: Stage, download: Call, share: float) -> float:
    """Until this share of the file is fetched; how many bytes that is."""
    def far_enough():
        state = stage.updates.state()
        if state["state"] == "idle" and download.status is not None:
            raise RuntimeError(f"the download was over before its middle was seen:\n{download.output[-1500:]}")
        found = re.match(f"fetching, {AMOUNT} of {AMOUNT}", state["step"] or "")
        reached, whole = map(bytes_in, found.groups()) if found else (0, 0)
        return reached if found and reached >= share * whole else None
    return wait_until(far_enough, f"{share:.0%} of the firmware is fetched", common.UPGRADE_SECONDS, every=1)


def _continues_to_its_end(stage: Stage, cause: str) -> None:
    checks, shell = stage.checks, stage.machine.shell
    follow = stage.updates.follow_to_the_end(common.UPGRADE_SECONDS)
    checks.equal(follow.status, DONE, f"the download continues by itself: {cause}")
    checks.that(f"{cause} during phase 1, download the update; going on where it stopped" in stage.xpu_log(),
                f"the log says so: {cause}")
    downloaded = stage.updates.firmware()["downloaded"]
    checks.equal([(one["version"], one["path"]) for one in downloaded], [(places.NEW_VERSION, _KEPT)], f"-l shows it: {cause}")
    checks.equal(shell.must(f"sha256sum {_KEPT}").split()[0], _sha256(stage), f"and it is the vendor's, to the byte: {cause}")
    checks.that(not facts.exists(shell, f"{_KEPT}.part"), f"nothing else is left: {cause}")
    stage.server.wait_until_idle(common.PHASE_SECONDS)


def _published(stage: Stage) -> Path:
    return stage.server.feed.folder / "newest.fw"


def _whole_bytes(stage: Stage) -> int:
    return _published(stage).stat().st_size


def _sha256(stage: Stage) -> str:
    with open(_published(stage), "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
