"""Steps between releases: the major release, then a point release from slot b to slot a, back on request, forward again;
and the point release directly from the oldest one. The administrator's files and all mail are complete after each step."""
import time
from dataclasses import dataclass

from harness import facts, product
from harness.stage import Stage
from virtual_lab import appliance, firmware, mail_record, places, update_control
from virtual_lab.serial_console import boots

from . import common, killed

_CRONTAB = "# the administrator's\n17 3 * * * root /bin/true\n"
_SETTINGS = {"cron.d/acme": _CRONTAB, "acme/agent.conf": "level = 7\n"}
_REPORT_UNITS = {places.OLD_VERSION: "mailsec-report.service", places.NEW_VERSION: "mailsec-report.service",
                 places.POINT_VERSION: "mailsec-tracking.service"}


@dataclass(frozen=True)
class Step:
    """The version and the slot that run after the step; the title of the step in messages."""
    version: str
    slot: str
    title: str


def forth_and_back(stage: Stage) -> None:
    """2.8.0.0, 2.8.1.0, 2.8.1.1, back to 2.8.1.0, 2.8.1.1 again."""
    common.publish(stage)
    stage.start_appliance()
    policies = _prepare(stage)
    _restart_plainly(stage)
    _install(stage, Step(places.NEW_VERSION, "b", "the major release"), policies)
    stage.server.publish(firmware.point_release())
    log = _install(stage, Step(places.POINT_VERSION, "a", "a point release, from slot b to slot a"), policies)
    stage.checks.that("converting message-store" not in log, "a point release converts no store")
    _same_version_again(stage)
    _go_back(stage, Step(places.NEW_VERSION, "b", "back on request"), policies)
    _not_installed_without_force(stage)
    _install(stage, Step(places.POINT_VERSION, "a", "the point release again, by force"), policies, "--force")
    stage.tell(stage.machine.shell.must("update-control --history"))
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)
    _check_mail_but_what_a_rollback_leaves(stage)


def skip_a_release(stage: Stage) -> None:
    """2.8.0.0 to 2.8.1.1 with the same firmware file, and the power fails once in phase 2. The conversion of the store takes
    longer than the deadline of the trial."""
    stage.server.publish(firmware.point_release())
    stage.start_appliance()
    policies = _prepare(stage)
    title = "the point release from the oldest one"
    stage.tell(f"update-control -i fw: {title}")
    reached = killed.in_the_middle_of_phase_2(stage, stage.updates.start_install())
    log = _arrives(stage, Step(places.POINT_VERSION, "b", title), policies, "succeeded")
    killed.check_that_phase_2_was_resumed(stage, reached)
    stage.checks.that("converting message-store from 1 to 2" in log, "the store was converted on the way")
    stage.checks.that("is on trial and has" in log, "the log names the deadline", log[-3000:])
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)
    # A machine that dies between a delivery and the record of it delivers again.
    common.check_mail(stage, exactly_once=False)


def _prepare(stage: Stage) -> dict:
    shell = stage.machine.shell
    for name, text in _SETTINGS.items():
        shell.must(f"mkdir -p $(dirname /etc/{name}) && cat >/etc/{name} <<'END'\n{text}END")
    stage.mail.rate(common.RATE_DURING)
    return product.policy_meanings(shell)


def _install(stage: Stage, step: Step, policies: dict, options: str = "") -> str:
    begin = time.time()
    stage.tell(f"update-control -i fw {options}: {step.title}")
    install = stage.updates.start(f"update-control -i fw {options}".strip(), "install")
    install.wait(common.UPGRADE_SECONDS)
    stage.checks.that(install.status in (update_control.RESTARTING, update_control.CONNECTION_LOST),
                      f"{step.title}: the call ends with the restart", f"{install.status}: {install.output[-800:]}")
    log = _arrives(stage, step, policies, "succeeded")
    _tell_downtime(stage, step.title, begin)
    return log


def _restart_plainly(stage: Stage) -> None:
    """Measures the downtime of a plain restart, for comparison."""
    begin = time.time()
    stage.restart()
    stage.mail.send_to(stage.known_addresses())
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)
    _tell_downtime(stage, "a plain restart", begin)


def _tell_downtime(stage: Stage, title: str, begin: float) -> None:
    gap = mail_record.longest_gap(stage.mail.sent(), time.time(), begin)
    stage.tell(f"{title}: {gap.seconds:.1f} s without acceptance of mail")


def _go_back(stage: Stage, step: Step, policies: dict) -> None:
    stage.tell(f"update-control --rollback --force: {step.title}")
    refused = stage.updates.run("update-control --rollback", common.PHASE_SECONDS)
    stage.checks.that("--rollback --force" in refused.output, "going back without --force is refused with advice", refused.output)
    before = len(boots(stage.machine.serial.text()))
    call = stage.updates.start("update-control --rollback --force", "rollback")
    call.wait(common.UPGRADE_SECONDS)
    log = _arrives(stage, step, policies, "succeeded")
    stage.checks.equal(boots(stage.machine.serial.text())[before:], [(step.slot, True)], "the previous system had one try")
    stage.checks.that("the health gate is passed" in log, "and passed the health gate before the commit", log[-2000:])


def _arrives(stage: Stage, step: Step, policies: dict, result: str) -> str:
    checks, shell = stage.checks, stage.machine.shell
    shell.disconnect()
    follow = stage.updates.follow_to_the_end(common.UPGRADE_SECONDS)
    checks.equal(follow.status, update_control.DONE, f"{step.title}: update-control -f ends with 0")
    # Every start uses DHCP again.
    stage.mail.send_to(stage.known_addresses())
    log = stage.xpu_log()
    (stage.folder / f"xpu-{step.title.replace(' ', '-')}.log").write_text(log)
    for phase in (stage.updates.state()["last"] or {}).get("phases", []):
        stage.tell(f"phase {phase['number']:2} {phase['name']}: {phase['seconds']:.1f} s")
    checks.equal((stage.updates.state()["last"] or {}).get("result"), result, f"{step.title}: -s shows the result")
    checks.equal(common.check_complete_pair(stage, {step.version: step.slot}), step.version, f"{step.title}: that version runs")
    _is_whole(stage, step, policies)
    return log


def _is_whole(stage: Stage, step: Step, policies: dict) -> None:
    checks, shell = stage.checks, stage.machine.shell
    for name, text in {**_SETTINGS, **{name: text.decode() for name, text in product.administrator_files().items()}}.items():
        checks.equal(facts.read_file(shell, f"/etc/{name}"), text, f"{step.title}: the administrator's file is there: {name}")
    checks.equal(product.policy_meanings(shell), policies, f"{step.title}: every policy means what it meant")
    checks.that("Acme mail gateway" in product.postfix_setting(shell, "smtpd_banner"), f"{step.title}: the Postfix setting holds")
    running = [unit for unit in product.unit_states(shell) if facts.active(shell, unit)]
    checks.equal(running, [], f"{step.title}: units that were switched off do not run")
    checks.that(facts.active(shell, _REPORT_UNITS[step.version]), f"{step.title}: {_REPORT_UNITS[step.version]} runs")
    failed = shell.must("systemctl list-units --failed --plain --no-legend --no-pager")
    checks.equal(failed, "", f"{step.title}: no unit has failed")
    checks.equal(appliance.archive_problems(appliance.stored_message_ids(shell)), [], f"{step.title}: the archive of the store is whole")
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)


def _same_version_again(stage: Stage) -> None:
    url = stage.server.publish(firmware.point_release(), "again.fw")
    again = stage.updates.run(f"update-control -i fw {url}", common.PHASE_SECONDS)
    stage.checks.equal(again.status, update_control.REFUSED, "the running version is refused")
    stage.checks.that("runs already" in again.output and "--force" in again.output, "with advice", again.output)


def _not_installed_without_force(stage: Stage) -> None:
    plain = stage.updates.run("update-control -i fw", common.PHASE_SECONDS)
    stage.checks.equal(plain.status, update_control.REFUSED, "a version that was rolled back is not installed without --force")


def _check_mail_but_what_a_rollback_leaves(stage: Stage) -> None:
    """Every message is accepted and delivered. Messages that were stored under a system that the appliance has left are in
    that system's store, as the administrator was told."""
    stage.mail.drain(common.MAIL_SECONDS * 2)
    stored = appliance.stored_message_ids(stage.machine.shell)
    account = stage.mail.account(stored)
    stage.tell(f"{account.sent} sent, {account.accepted} accepted, {account.delivered} delivered, {account.stored} stored")
    stage.checks.equal(account.delivered, account.accepted, "every accepted message is delivered")
    stage.checks.none_of(appliance.archive_problems(stored), "the archive of the store is whole")
