"""The running system is copied to the rescue partition; the appliance restarts into the copy on request; then the partition that runs
is destroyed, and the boot loader starts the other one."""
from harness import facts
from harness.stage import Stage
from virtual_lab import places, update_control

from . import common

COPY_SECONDS = 900


def is_started(stage: Stage) -> None:
    common.begin(stage, messages=100)
    checks, shell = stage.checks, stage.machine.shell
    _copy_is_made(stage)
    rollback = stage.updates.run("update-control --rollback --force", common.PHASE_SECONDS)
    checks.that("holds a copy of the running one" in rollback.output, "there is no previous system to go back to", rollback.output)
    _copy_is_started_on_request(stage)
    stage.tell("destroying the partition of the running system, and restarting")
    # In one command: nothing else can be read from that partition afterwards.
    shell.run("sync; dd if=/dev/zero of=/dev/disk/by-partlabel/system-b bs=1M count=64 oflag=direct conv=notrunc; "
              "echo b >/proc/sysrq-trigger")
    shell.disconnect()
    stage.machine.serial.wait_for(r"slot b cannot be started", common.PHASE_SECONDS)
    shell.wait_until_reachable(common.PHASE_SECONDS)
    checks.equal(facts.running_slot(shell), "a", "the boot loader starts the copy")
    generation = shell.must("readlink /data/slots/system-a").strip().split("/")[-1]
    checks.that(generation.startswith(places.OLD_VERSION), "with the configuration and the stores of the system that ran", generation)
    stage.mail.send_to(stage.known_addresses())
    stage.updates.state()  # answered only after the agent has written the greeting
    greeting = facts.read_file(shell, "/run/update-control/motd") or ""
    checks.that("runs version " + places.OLD_VERSION + " from slot a" in greeting, "the greeting at login says so", greeting)
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)
    grub = facts.grub_environment(shell)
    checks.equal((grub.get("default_slot"), grub.get("bootable_b")), ("a", "0"), "the copy is the default from now on, so b can be mended")
    # A machine that dies between a delivery and the record of it delivers again.
    common.check_mail(stage, exactly_once=False)


def _copy_is_made(stage: Stage) -> None:
    checks, shell = stage.checks, stage.machine.shell
    copy = stage.updates.run("update-control --backup", COPY_SECONDS)
    checks.equal(copy.status, update_control.DONE, "update-control --backup copies the running system")
    rescue = stage.updates.state()["rescue"]
    checks.equal((rescue["slot"], rescue["holds"], rescue["bootable"], rescue["version"], rescue["problem"]),
                 ("b", "rescue copy", True, places.OLD_VERSION, None), "-s shows the copy")
    checks.equal(facts.partition_hash(shell, "b"), facts.partition_hash(shell, "a"), "the partitions are equal")
    verify = stage.updates.run("update-control --verify a", COPY_SECONDS)
    checks.equal(verify.status, update_control.DONE, "the system that was delivered is as signed")
    checks.that("PASS" in verify.output, "and --verify says so", verify.output)


def _copy_is_started_on_request(stage: Stage) -> None:
    checks, shell = stage.checks, stage.machine.shell
    stage.tell("update-control --restore --yes")
    restore = stage.updates.run("update-control --restore --yes", COPY_SECONDS)
    checks.that(restore.status in (update_control.RESTARTING, update_control.CONNECTION_LOST), "the appliance restarts into the copy",
                f"{restore.status}: {restore.output[-800:]}")
    shell.disconnect()
    stage.machine.serial.wait_for(r"starting slot b", common.PHASE_SECONDS)
    shell.wait_until_reachable(common.PHASE_SECONDS)
    checks.equal(facts.running_slot(shell), "b", "the copy runs")
    checks.equal(facts.grub_environment(shell).get("default_slot"), "b", "and is the default")
    rescue = stage.updates.state()["rescue"]
    checks.equal((rescue["slot"], rescue["holds"], rescue["bootable"]), ("a", "rescue copy", True), "what ran before is the copy now")
    stage.mail.send_to(stage.known_addresses())
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)
