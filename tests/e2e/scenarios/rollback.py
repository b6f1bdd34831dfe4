"""The new system fails its trial: the appliance returns to the old one by itself, with all mail, and reports why."""
from harness.stage import Stage
from virtual_lab import update_control
from virtual_lab.serial_console import boots

from . import common


def _comes_back(stage: Stage, variant: str, log_says: str) -> None:
    before = common.begin(stage, messages=200, variant=variant)
    install = stage.updates.start_install()
    install.wait_for_phase(stage.updates, 2, common.PHASE_SECONDS)
    stage.addresses.hand_out_other_addresses()
    stage.tell("phase 2; waiting for the restart")
    stage.checks.that(install.wait(common.UPGRADE_SECONDS) in (update_control.RESTARTING, update_control.CONNECTION_LOST),
                      "the call ends with the restart", f"{install.status}: {install.output[-500:]}")
    stage.machine.shell.disconnect()
    stage.machine.serial.wait_for(r"starting slot b +update_control.try=1", common.PHASE_SECONDS)
    stage.tell("restarting; following until the job ends")
    follow = stage.updates.follow_to_the_end(common.UPGRADE_SECONDS)
    stage.checks.equal(follow.status, update_control.ROLLED_BACK, "update-control -f says: rolled back")
    stage.tell("rolled back; checking the result")
    # The old system uses DHCP at its start, and the server hands out other addresses by now.
    stage.mail.send_to(stage.known_addresses())
    stage.checks.equal(boots(stage.machine.serial.text()), [("a", False), ("b", True), ("a", False)],
                       "the new system had one try, then the old one started")
    last = stage.updates.state()["last"]
    stage.checks.equal((last or {}).get("result"), "rolled-back", "update-control -s shows the result")
    stage.checks.that(last and log_says in last["reason"].lower(), f"update-control -s says why ({log_says})", last)
    log = stage.xpu_log()
    (stage.folder / "xpu-after.log").write_text(log)
    stage.checks.that(log_says in log.lower(), f"the log says why ({log_says})", log[-800:])
    stage.checks.that("phase 1 " in log, "one log file covers everything from the first phase to the rollback")
    common.check_old_system(stage, before)
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)
    common.check_mail(stage)


def conversion_fails(stage: Stage) -> None:
    _comes_back(stage, "conversion-fails", "conver")


# The old release's kernel has no driver that would read what the watchdog of the emulated machine says (CONFIG_I6300ESB_WDT is
# not set): the boot loader reads it. A panic leaves the kernel's last words in its firmware (pstore).
_WATCHDOG = "the watchdog ended a hang (update_control.reset_by=i6300esb in /proc/cmdline)"
_PANIC = "the kernel panicked (Kernel panic - not syncing: "


def _says_what_it_knows_of_the_restart(stage: Stage, cause: str) -> None:
    last = stage.updates.state()["last"]
    stage.tell(f"the reason: {last['reason']}")
    stage.checks.that(f"its one try ended without a sign of it; {cause}" in last["reason"],
                      "and the reason says what is known of the restart", last["reason"])
    stage.checks.equal(last["code"], "UC0105", "with its code")
    stage.checks.that(f"Reason: {last['reason']} [UC0105]" in stage.machine.shell.must("update-control --history"), "--history shows both")


def kernel_panic(stage: Stage) -> None:
    _comes_back(stage, "panic", "did not")
    _says_what_it_knows_of_the_restart(stage, _PANIC)


def kernel_hangs(stage: Stage) -> None:
    _comes_back(stage, "kernel-hangs", "did not")
    _says_what_it_knows_of_the_restart(stage, _WATCHDOG)
    stage.checks.that("watchdog i6300esb armed" in stage.machine.serial.text(), "the boot loader armed the watchdog")


def hang(stage: Stage) -> None:
    _comes_back(stage, "hang", "did not")
    _says_what_it_knows_of_the_restart(stage, _WATCHDOG)


def health_gate_fails(stage: Stage) -> None:
    _comes_back(stage, "health-fails", "health")
