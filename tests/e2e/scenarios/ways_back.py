"""What an administrator does before and after upgrades, on a node: makes room on a full disk by the advice of the checks, hears
of a store that will not convert while mail still flows, installs from a file, has the new system copied to the
rescue partition after the grace period, and restores a snapshot of the settings that was made in the release before."""
import json

from harness import facts
from harness.stage import Stage
from virtual_lab import firmware, places, update_control
from virtual_lab.update_control import CONNECTION_LOST, DONE, FAILED, REFUSED, RESTARTING

from . import common, rescue_partition
from .common import Before

_FIRMWARE = "/data/shared/spool-updates/firmware/by-hand.fw"
_NOTE = "/etc/acme/note"


def all_work(stage: Stage) -> None:
    before = common.begin(stage, messages=100)
    _snapshot_of_the_old_release(stage)
    _full_disk_is_freed_by_its_advice(stage, before)
    _rehearsal_fails_while_mail_flows(stage, before)
    rescue_partition.is_copied_soon(stage)
    _installs_from_a_file(stage)
    rescue_partition.is_copied_after_the_grace_period(stage)
    _snapshot_is_restored(stage)
    common.check_mail(stage)


def _snapshot_of_the_old_release(stage: Stage) -> None:
    shell = stage.machine.shell
    shell.must(f"mkdir -p /etc/acme && echo first >{_NOTE}")
    made = stage.updates.run("update-control --snapshot create first", common.PHASE_SECONDS)
    stage.checks.equal(made.status, DONE, f"a snapshot of the settings can be made: {made.output[-300:]}")
    shell.must(f"echo second >{_NOTE}")


def _full_disk_is_freed_by_its_advice(stage: Stage, before: Before) -> None:
    """The downloads fill the disk; removing what the advice names is enough."""
    checks, shell = stage.checks, stage.machine.shell
    block_bytes, blocks = map(int, shell.must("stat -f -c '%S %b' /data").split())
    shell.must(f"mkdir -p /var/spool/updates/firmware && fallocate -l {block_bytes * blocks * 6 // 10} /var/spool/updates/firmware/1.0.fw")
    refused = stage.updates.run("update-control -i fw", common.PHASE_SECONDS)
    checks.equal(refused.status, REFUSED, "too little free space is refused")
    checks.equal(facts.grub_environment(shell), before.grub, "and nothing is changed")
    checks.that("rm /var/spool/updates/firmware/NAME.fw" in refused.output, "the advice is a command that frees space", refused.output)
    shell.must("rm /var/spool/updates/firmware/1.0.fw")
    checks.equal(stage.updates.run("update-control --check fw", common.PHASE_SECONDS).status, DONE,
                 "after the advice was followed nothing stands in the way")


def _rehearsal_fails_while_mail_flows(stage: Stage, before: Before) -> None:
    checks = stage.checks
    url = stage.server.publish(firmware.variant("rehearsal-fails"), "rehearsal-fails.fw")
    call = stage.updates.run(f"update-control -i fw {url}", common.UPGRADE_SECONDS)
    checks.equal(call.status, FAILED, "a store that cannot be converted ends the installation")
    state = stage.updates.state()
    checks.that("row 17 of the table messages has no sender" in stage.xpu_log(), "the log has the conversion's own words", stage.xpu_log()[-1500:])
    checks.equal(state["mail"], "flows", "and mail flows")
    checks.that("phase  3" not in call.output and "shut down services" not in call.output, "mail was never stopped", call.output[-800:])
    common.check_old_system(stage, before)


def _installs_from_a_file(stage: Stage) -> None:
    checks, shell = stage.checks, stage.machine.shell
    stage.machine.put_file(firmware.good(), _FIRMWARE)
    def fetched() -> int:
        return len(stage.server.requests()) + len(stage.server.requests("rehearsal-fails.fw"))

    sent = fetched()
    install = stage.updates.start_install(_FIRMWARE)
    checks.that(install.wait(common.UPGRADE_SECONDS) in (RESTARTING, CONNECTION_LOST), "the call ends with the restart",
                f"{install.status}: {install.output[-500:]}")
    shell.disconnect()
    follow = stage.updates.follow_to_the_end(common.UPGRADE_SECONDS)
    checks.equal(follow.status, update_control.DONE, "an upgrade from a file ends well")
    checks.equal(common.check_complete_pair(stage), places.NEW_VERSION, "the new version runs")
    checks.equal(fetched(), sent, "no firmware was fetched from the server")
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)


def _snapshot_is_restored(stage: Stage) -> None:
    checks, shell = stage.checks, stage.machine.shell
    names = [one["name"] for one in json.loads(shell.must("update-control --snapshot list --json"))["snapshots"]]
    checks.that("first" in names and len(names) >= 2, "the snapshots are listed, with the one before the upgrade", names)
    restored = stage.updates.run("update-control --snapshot restore first", common.PHASE_SECONDS)
    checks.equal(restored.status, DONE, f"a snapshot of the release before can be restored: {restored.output[-600:]}")
    stage.restart()
    checks.equal(facts.read_file(shell, _NOTE), "first\n", "after a restart the settings of the snapshot are in force")
    checks.equal(common.check_complete_pair(stage), places.NEW_VERSION, "in the new version")
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)
