"""Upgrades that end before anything has changed: refused by the checks, or cancelled in phase 2."""
from harness import bundles, facts, product
from harness.stage import Stage
from virtual_lab import firmware
from virtual_lab.update_control import CANCELLED, DONE, FAILED, MAIL_STOPPED, REFUSED
from virtual_lab.waiting import wait_until

from . import common


def checks_refuse(stage: Stage) -> None:
    before = common.begin(stage, messages=50)
    shell, checks = stage.machine.shell, stage.checks
    rescue = facts.partition_hash(shell, "b")
    _stopped_mail_is_told(stage)
    stage.tell("a firmware that needs a newer version")
    too_new = bundles.needs_newer_version(bundles.Bundle(firmware.good()), stage.folder / "needs-newer.fw",
                                          firmware.signer(), "2.9.0.0")
    call = stage.updates.run(f"update-control -i fw {stage.server.publish(too_new, 'needs-newer.fw')}", common.UPGRADE_SECONDS)
    checks.equal(call.status, REFUSED, "an old version is refused with its own exit code")
    checks.that("2.9.0.0" in call.output, "and the message names the version to install first", call.output[-500:])
    too_new.unlink()
    stage.tell("a full disk")
    block_bytes, blocks = map(int, shell.must("stat -f -c '%S %b' /data").split())
    shell.must(f"fallocate -l {block_bytes * blocks * 6 // 10} /data/something-large")
    call = stage.updates.run("update-control -i fw", common.UPGRADE_SECONDS)
    checks.equal(call.status, REFUSED, "too little free space is refused with the same exit code")
    _change_the_system(stage)
    look = stage.updates.run("update-control --check fw", common.PHASE_SECONDS)
    checks.equal(look.status, REFUSED, "update-control --check fw finds the same")
    _changes_are_found(stage, look.output)
    checks.that("FAIL    space /" in look.output and "-> Free at least" in look.output and "/data/something-large" in look.output,
                "and says how much to free, and what takes the space", look.output)
    for part in ("the store message-store (/var/lib/mailsec/store) has", "set mail_days=90 in /etc/mailsec/retention.conf"):
        checks.that(part in look.output, f"and what could go: {part}", look.output)
    checks.that("50" in call.output and "%" in call.output, "and the error says how much must be free", call.output[-500:])
    checks.equal(stage.updates.state()["last"]["result"], "refused", "update-control -s shows the refusal")
    _refusal_has_a_code(stage)
    checks.equal(facts.partition_hash(shell, "b"), rescue, "the rescue partition is untouched")
    checks.equal(facts.grub_environment(shell), before.grub, "the boot loader's environment is untouched")
    shell.must("rm /data/something-large")
    stage.tell("space is free again")
    _conflict_stops_if_asked(stage)
    common.check_next_install_is_possible(stage)
    common.check_old_system(stage, before)
    common.check_mail(stage)


_CONFLICT = "/etc/issue"  # differs between the releases of Debian


def _conflict_stops_if_asked(stage: Stage) -> None:
    """What only the new image tells: at the end of phase 2, while mail flows."""
    checks, shell = stage.checks, stage.machine.shell
    stage.tell(f"a conflict in {_CONFLICT}, and an installation that is to stop at it")
    began = {unit: facts.last_began(shell, unit) for unit in product.MAIL_UNITS}
    shell.must(f"cp -a {_CONFLICT} /run/as-it-was && echo 'Property of the lab' >{_CONFLICT}")
    call = stage.updates.run("update-control -i fw --stop-on-conflict --known-conflict /etc/postfix", common.UPGRADE_SECONDS)
    checks.equal(call.status, FAILED, "it ends")
    last = stage.updates.state()["last"]
    checks.equal((last["result"], last["code"]), ("failed", "UC0809"), "with a code of its own")
    for member, part in (("reason", f"{_CONFLICT}: changed on both sides"),
                         ("next", f"update-control -i fw --stop-on-conflict --known-conflict /etc/postfix --known-conflict {_CONFLICT}")):
        checks.that(part in last[member], f"the {member} says: {part}", last[member])
    checks.that("update-control" not in last["reason"], "and one command only", last["reason"])
    log = stage.xpu_log()
    checks.that("phase 2 " in log and "phase 3 " not in log, "in phase 2", log[-800:])
    checks.equal({unit: facts.last_began(shell, unit) for unit in product.MAIL_UNITS}, began, "no service has stopped")
    checks.equal(stage.updates.state()["mail"], "flows", "mail flows")
    shell.must(f"cp -a /run/as-it-was {_CONFLICT}")


def _refusal_has_a_code(stage: Stage) -> None:
    code = stage.updates.state()["last"]["code"]
    stage.checks.that(code in ("UC0412", "UC0400"), "the refusal has the code of the check, or of several", code)
    found = stage.machine.shell.must(f"journalctl --quiet --output=cat UPDATE_CONTROL_CODE={code}")
    stage.checks.that("ended: refused" in found, "the systemd journal is searched by it", found)
    look = stage.updates.run(f"update-control --explain {code}", common.PHASE_SECONDS)
    stage.checks.that(look.status == DONE and "update-control --check fw" in look.output, "and it is explained", look.output)


COVERED_FILE = "/usr/share/mailsec/schema.sql"


def _change_the_system(stage: Stage) -> None:
    stage.machine.shell.must(f"mount --bind /etc/passwd {COVERED_FILE} && mkdir -p /etc/update-control/check.d && "
                             "printf '#!/bin/sh\\necho WARN queue: 3 messages wait\\n' > /etc/update-control/check.d/own && "
                             "chmod 755 /etc/update-control/check.d/own && "
                             "printf '#!/bin/sh\\ntouch /etc/written\\n' > /etc/update-control/check.d/writes && "
                             "chmod 755 /etc/update-control/check.d/writes")


def _changes_are_found(stage: Stage, output: str) -> None:
    for part in ("FAIL    image files", f"{COVERED_FILE} by"):
        stage.checks.that(part in output, "a file of the image that a mount covers is named", output)
    for part in ("WARN    queue", "FAIL    /etc/update-control/check.d/writes"):
        stage.checks.that(part in output, "the administrator's check programs run, and can change nothing", output)
    for part in ("PASS    ports", "PASS    policy files", "PASS    store access", "PASS    disk health",
                 "PASS    clock", "SKIP    conflicts in /etc"):
        stage.checks.that(part in output, f"the rest is as it should be: {part}", output)
    stage.machine.shell.must(f"umount {COVERED_FILE} && rm -r /etc/update-control/check.d")


def _stopped_mail_is_told(stage: Stage) -> None:
    stage.tell("the mail server is stopped, outside a job")
    shell, checks = stage.machine.shell, stage.checks
    shell.must("systemctl stop postfix")
    wait_until(lambda: stage.updates.state()["mail"] == "stopped", "update-control -s says that mail is stopped", common.PHASE_SECONDS)
    look = stage.updates.run("update-control -s", common.PHASE_SECONDS)
    checks.equal(look.status, MAIL_STOPPED, "and has an exit code for it")
    checks.that("postfix.service does not run" in look.output and "journalctl -u postfix" in look.output,
                "it names the unit, and the command to see why", look.output[-500:])
    shell.must("systemctl start postfix")
    wait_until(lambda: stage.updates.state()["mail"] == "flows", "and that it flows again", common.PHASE_SECONDS)


def cancelled_in_phase_2(stage: Stage) -> None:
    before = common.begin(stage, messages=50)
    shell, checks = stage.machine.shell, stage.checks
    system = facts.partition_hash(shell, "a")
    install = stage.updates.start_install()
    common.stop_in_the_middle_of_phase_2(stage, install, share=0.2)
    stage.tell("phase 2: cancelling")
    checks.equal(stage.updates.run("update-control -c", common.PHASE_SECONDS).status, DONE, "it can be cancelled")
    checks.equal(install.wait(common.PHASE_SECONDS), CANCELLED, "the call that installs ends as cancelled")
    checks.equal(stage.updates.state()["last"]["result"], "cancelled", "update-control -s shows it")
    checks.equal(facts.grub_environment(shell).get("bootable_b"), "0", "the half-written partition cannot be booted")
    checks.equal(facts.partition_hash(shell, "a"), system, "the running system is untouched, bit for bit")
    stage.tell("restarting the appliance: it comes back as it was")
    stage.machine.lose_power()
    stage.machine.boot()
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)
    common.check_old_system(stage, before)
    common.check_mail(stage, exactly_once=False)
