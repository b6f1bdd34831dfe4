"""The rescue partition, from an installation that was cancelled until the boot loader needs it: a copy of the running system is
made there by itself; a damaged one is found and written again; the appliance restarts into it on request; a changed file of the
running system is found; and when that system can't be started, the copy is, and says so."""
from harness import facts
from harness.stage import Stage
from virtual_lab import places, update_control
from virtual_lab.update_control import CANCELLED, DIFFERS, DONE
from virtual_lab.waiting import wait_until

from . import common

COPY_SECONDS = 900
ADMINISTRATOR = "administrator@sink.lan.test"
_SETTINGS = "/etc/update-control/settings.xml"
# The same block of both partitions: they hold the same image.
_CHANGED_FILE = "/usr/share/mailsec/schema.sql"
_RECORD = "/data/update-control/rescue.json"
_TIMER = "/etc/systemd/system/update-control-verify.timer.d/soon.conf"


def protects(stage: Stage) -> None:
    """On a node: nearly all of it is waiting for a disk that is read slowly on purpose."""
    common.begin(stage, messages=100)
    stage.machine.shell.must(f"echo {ADMINISTRATOR} >/etc/update-control/mail-notices-to")
    _copy_is_made_after_a_cancel(stage)
    _damaged_copy_is_healed(stage)
    _copy_is_started_on_request(stage)
    _changed_file_is_found(stage)
    _other_partition_is_started(stage, destroyed="b", copy="a")
    _mail_of_notice(stage, "slot b could not be started; the rescue copy runs")
    _copy_is_made_by_hand(stage, slot="b")
    # A machine that dies between a delivery and the record of it delivers again.
    common.check_mail(stage, exactly_once=False)


def is_started_by_the_boot_loader(stage: Stage) -> None:
    """On an emulated machine: what the real boot loader does with a partition that can't be started."""
    common.begin(stage, messages=100)
    _copy_is_made_by_hand(stage, slot="b")
    _other_partition_is_started(stage, destroyed="a", copy="b")
    common.check_mail(stage, exactly_once=False)


def _copy_is_made_after_a_cancel(stage: Stage) -> None:
    checks, shell = stage.checks, stage.machine.shell
    install = stage.updates.start_install()
    common.stop_in_the_middle_of_phase_2(stage, install, share=0.1)
    stage.tell("phase 2: cancelling")
    checks.equal(stage.updates.run("update-control -c", common.PHASE_SECONDS).status, DONE, "it can be cancelled")
    checks.equal(install.wait(common.PHASE_SECONDS), CANCELLED, "and ends as cancelled")
    is_copied_soon(stage)
    shell.must(f"echo '<settings format=\"1\"><rescue empty-minutes=\"0\"/></settings>' >{_SETTINGS}")
    stage.tell("the administrator shortens the time that it stays empty")
    wait_until(lambda: _rescue(stage).get("holds") == "rescue copy", "the running system is copied there by itself", COPY_SECONDS, every=1)
    _holds_copy(stage, "b")
    shell.must(f"rm {_SETTINGS}")


def is_copied_soon(stage: Stage) -> None:
    """After an installation that was cancelled or failed: the rescue partition is empty, and doesn't stay so."""
    told = wait_until(lambda: next((text for text in [_told(stage)] if "is made after 20" in text), None),
                      "-s says when the running system is copied", common.PHASE_SECONDS, every=1)
    stage.checks.that("slot b: nothing that can be started" in told, "and that the rescue partition holds nothing until then", told)


def is_copied_after_the_grace_period(stage: Stage) -> None:
    """After an upgrade. The grace period is over when the record says that the upgrade was long ago: no clock is set."""
    checks, shell = stage.checks, stage.machine.shell
    told = wait_until(lambda: next((text for text in [_told(stage)] if "is made after 20" in text), None),
                      "-s says when the running system is copied", common.PHASE_SECONDS, every=1)
    checks.that(f"slot a: previous system, version {places.OLD_VERSION}" in told, "and that the previous system is kept until then", told)
    shell.must(f"grep -q '{places.NEW_VERSION}' {_RECORD} && systemctl stop update-agent && "
               f"sed -i '/committed/,/}}/s/\"seconds\": [0-9]*/\"seconds\": '$(($(date +%s) - 7 * 86400))'/' {_RECORD} && "
               "systemctl start update-agent")
    stage.tell("seven days after the upgrade, as the record says")
    wait_until(lambda: _rescue(stage).get("holds") == "rescue copy", "the new system takes its place by itself", COPY_SECONDS, every=1)
    _holds_copy(stage, "a", places.NEW_VERSION)


def _copy_is_made_by_hand(stage: Stage, slot: str) -> None:
    copy = stage.updates.run("update-control --backup", COPY_SECONDS)
    stage.checks.equal(copy.status, DONE, f"update-control --backup copies the running system: {copy.output[-300:]}")
    _holds_copy(stage, slot)
    rollback = stage.updates.run("update-control --rollback --force", common.PHASE_SECONDS)
    stage.checks.that("holds a copy of the running one" in rollback.output, "there is no previous system to go back to", rollback.output)


def _rescue(stage: Stage) -> dict:
    return stage.updates.state()["rescue"]


def _told(stage: Stage) -> str:
    return stage.updates.run("update-control -s", common.PHASE_SECONDS).output


def _holds_copy(stage: Stage, slot: str, version: str = places.OLD_VERSION) -> None:
    checks, rescue = stage.checks, _rescue(stage)
    checks.equal((rescue["slot"], rescue["holds"], rescue["bootable"], rescue["version"], rescue["problem"]),
                 (slot, "rescue copy", True, version, None), "-s shows the copy")
    told = _told(stage)
    stage.tell(next((line for line in told.splitlines() if line.startswith("Rescue")), "-s shows no rescue partition"))
    checks.that(f"slot {slot}: a copy of the running system, version {version}, made 20" in told,
                "with its version and its date", told)
    checks.that(facts.partitions_are_equal(stage.machine.shell), "the partitions are equal")


def _damaged_copy_is_healed(stage: Stage) -> None:
    """By the timer, with another time but otherwise as delivered."""
    checks, shell = stage.checks, stage.machine.shell
    _change(stage, "b")
    shell.must(f"mkdir -p {_TIMER.rpartition('/')[0]} && printf '%s\\n' '[Timer]' OnCalendar= RandomizedDelaySec=0 "
               f"AccuracySec=1s OnActiveSec=1s >{_TIMER}")
    shell.must("systemctl daemon-reload && systemctl restart update-control-verify.timer")
    stage.tell("a file of the rescue copy is changed; the timer is due")
    mail = _mail_of_notice(stage, "slot b isn't as it was signed")
    stage.tell(f"an e-mail says: {mail['subject']}")
    _mail_of_notice(stage, "the rescue copy was damaged and has been written again")
    stage.tell("the rescue copy is written again")
    _holds_copy(stage, "b")
    result = shell.must("systemctl show --value --property=Result update-control-verify.service").strip()
    checks.equal(result, "success", "what was found is no failure of the timer's unit")
    shell.must(f"rm {_TIMER} && systemctl daemon-reload")


def _changed_file_is_found(stage: Stage) -> None:
    checks = stage.checks
    good = stage.updates.run("update-control --verify b", COPY_SECONDS)
    checks.equal(good.status, DONE, f"the system that was delivered is as signed: {good.output[-300:]}")
    checks.that("PASS" in good.output, "and --verify says so", good.output)
    _change(stage, "b")
    found = stage.updates.run("update-control --verify b", COPY_SECONDS)
    stage.tell(found.output)
    checks.equal(found.status, DIFFERS, "a changed file of the running system is found")
    checks.that("FAIL    slot b differs" in found.output and _CHANGED_FILE in found.output, "and named", found.output)
    _mail_of_notice(stage, "slot b isn't as it was signed", count=2)


def _change(stage: Stage, slot: str) -> None:
    device = f"/dev/disk/by-partlabel/system-{slot}"
    place = facts.place_on_partition(stage.machine.shell, _CHANGED_FILE)
    stage.machine.shell.must(f"printf changed | dd of={device} bs=1 seek={place} conv=notrunc,fsync status=none")


def _mail_of_notice(stage: Stage, subject: str, count: int = 1) -> dict:
    def found() -> dict | None:
        mails = [mail for mail in stage.mail.delivered_to(ADMINISTRATOR) if mail["subject"].endswith(subject)]
        return mails[-1] if len(mails) >= count else None
    return wait_until(found, f"the administrator's e-mail: {subject}", COPY_SECONDS, every=1)


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
    rescue = _rescue(stage)
    checks.equal((rescue["slot"], rescue["holds"], rescue["bootable"]), ("a", "rescue copy", True), "what ran before is the copy now")
    greeting = shell.log_in()
    checks.that("from slot b, because the rescue copy there was started on request" in greeting, "the greeting at login says why", greeting)
    stage.mail.send_to(stage.known_addresses())
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)


def _other_partition_is_started(stage: Stage, destroyed: str, copy: str) -> None:
    checks, shell = stage.checks, stage.machine.shell
    stage.tell(f"destroying the partition of the running system, {destroyed}; then the power fails")
    # In one command: nothing else can be read from that partition afterwards.
    shell.run(f"sync; dd if=/dev/zero of=/dev/disk/by-partlabel/system-{destroyed} bs=1M count=64 oflag=direct conv=notrunc")
    stage.machine.lose_power()
    stage.machine.boot()
    console = stage.machine.serial.text()
    checks.that(f"slot {destroyed} cannot be started" in console, "the boot loader can't start the destroyed partition", console[-1500:])
    checks.equal(facts.running_slot(shell), copy, "and starts the copy")
    generation = shell.must(f"readlink /data/slots/system-{copy}").strip().split("/")[-1]
    checks.that(generation.startswith(places.OLD_VERSION), "with the configuration and the stores of the system that ran", generation)
    stage.mail.send_to(stage.known_addresses())
    stage.updates.state()  # answered only after the agent has written the greeting
    _greeting_says_why(stage, destroyed, copy)
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)
    grub = facts.grub_environment(shell)
    checks.equal((grub.get("default_slot"), grub.get(f"bootable_{destroyed}")), (copy, "0"),
                 "the copy is the default from now on, so the other can be mended")


def _greeting_says_why(stage: Stage, destroyed: str, copy: str) -> None:
    greeting = stage.machine.shell.log_in()
    for part in (f"runs version {places.OLD_VERSION} from slot {copy}", f"slot {destroyed}", "could not be started"):
        stage.checks.that(part in greeting, f"the greeting at login says: {part}", greeting)
