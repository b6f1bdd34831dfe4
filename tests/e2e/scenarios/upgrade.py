"""2.8.0.0 becomes 2.8.1.0 while mail flows; everything but the version stays the same for administrators and senders."""
from harness import facts, product
from harness.amounts import in_mib
from harness.stage import Stage
from virtual_lab import dhcp, places, update_control
from virtual_lab.serial_console import PHASES, boots, phase_lines
from virtual_lab.waiting import PATIENCE, wait_until

from . import common
from .common import Before


# Each key is pressed when what it is for is visible.
_OPEN_AND_LEAVE_WIZARD = r"""
cd "$(mktemp -d)" && mkfifo keys && : >seen
(TERM=vt100 script -qefc 'update-control --wizard' seen <keys >/dev/null; echo $? >status) & exec 3>keys
until grep -q Welcome seen || [ -e status ]; do sleep 0.2; done; printf '\030' >&3
until grep -q 'Leave the wizard' seen || [ -e status ]; do sleep 0.2; done; printf '\033[24~' >&3
wait; tail -n 3 seen; exit "$(cat status)"
"""


def succeeds(stage: Stage) -> None:
    before = common.begin(stage, messages=1000)
    _what_is_on_offer(stage)
    _install_until_restart(stage, before)
    follow = stage.updates.follow_to_the_end(common.UPGRADE_SECONDS)
    stage.checks.equal(follow.status, update_control.DONE, "update-control -f follows the rest and ends with 0")
    stage.tell("the upgrade has ended; checking the result")
    stage.checks.equal(boots(stage.machine.serial.text()), [("a", False), ("b", True)], "one restart, into the other slot")
    stage.checks.equal(common.check_complete_pair(stage), places.NEW_VERSION, "the new version runs")
    _wizard_opens(stage, places.NEW_VERSION)
    _settings_of_trial_are_gone(stage)
    _state_and_log(stage)
    _fetched_a_patch(stage)
    _partition_is_as_signed(stage)
    _configuration(stage, before)
    _dhcp_is_back(stage, before)
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)
    common.check_mail(stage)
    _support_bundle(stage)
    _previous_system_goes(stage)


def _support_bundle(stage: Stage) -> None:
    shell, checks = stage.machine.shell, stage.checks
    made = shell.run("update-control --support-bundle /data/support.tar.zst", common.PHASE_SECONDS)
    checks.equal(made.status, 0, "a support bundle can be made")
    names = shell.must("tar --list --file=/data/support.tar.zst")
    for name in ("README.txt", "boot/environment.txt", "updater/journal.txt", "journal/last-upgrade.txt", "agent/state.json"):
        checks.that(name in names, f"the support bundle has {name}", names)
    environment = shell.must("tar --extract --to-stdout --file=/data/support.tar.zst --wildcards '*/boot/environment.txt'")
    checks.that("default_slot=b" in environment, "and the boot loader's environment as it is", environment)
    checks.equal(shell.must("stat --format=%a /data/support.tar.zst").strip(), "600", "only root can read it")
    shell.must("rm /data/support.tar.zst")


def _previous_system_goes(stage: Stage) -> None:
    shell, checks = stage.machine.shell, stage.checks
    asked = shell.run("update-control --drop-previous", common.PHASE_SECONDS)
    checks.that(asked.status == 1 and "Removing it frees at least" in asked.output, "nothing is removed unasked", asked.output)
    checks.that(facts.exists(shell, "/data/slots/system-a/var"), "the previous system's data is there until then")
    checks.equal(shell.run("update-control --drop-previous --yes", common.PHASE_SECONDS).status, 0, "--yes removes it")
    checks.that(not facts.exists(shell, "/data/slots/system-a"), "the previous system is gone")
    offer = stage.updates.firmware()
    checks.equal((offer["other"]["version"], offer["other"]["bootable"]), (None, False), "-l says so")
    checks.equal(shell.run("update-control --rollback --force", common.PHASE_SECONDS).status, 1, "there is no way back to it")
    checks.equal(shell.run("systemctl start mail-retention").status, 0, "the product's retention runs")


def _what_is_on_offer(stage: Stage) -> None:
    checks, state = stage.checks, stage.updates.state()
    look = stage.updates.run("update-control --refresh", common.PHASE_SECONDS)
    checks.equal(look.status, update_control.DONE, "update-control --refresh checks the feed")
    checks.that(f"Available       version {places.NEW_VERSION}" in look.output, "and shows what is new", look.output)
    offer = stage.updates.firmware()
    checks.equal((offer["running"]["version"], offer["running"]["slot"]), (places.OLD_VERSION, "a"), "-l shows what runs")
    checks.equal([hop["version"] for hop in offer["path"]], [places.NEW_VERSION], "-l shows what can be installed")
    checks.equal((state["state"], state["running_version"]), ("idle", places.OLD_VERSION), "-s shows an idle appliance")
    look = stage.updates.run("update-control --check fw", common.PHASE_SECONDS)
    checks.equal(look.status, update_control.DONE, "--check fw finds nothing that would stop the upgrade, nor any warning")
    for line in ("PASS    packages          installed: postfix, postgresql-15", "PASS    conversions       converts message-store",
                 "PASS    boot loader       starts system-a, which runs", "The installation can begin. Nothing was changed."):
        checks.that(line in look.output, f"and says: {line}", look.output)
    look = stage.updates.run("update-control -n -i fw", common.PHASE_SECONDS)
    checks.equal(look.status, update_control.DONE, "-n -i fw looks ahead")
    for line in (f"Upgrade         {places.OLD_VERSION} -> {places.NEW_VERSION}", "install the new OS (estimate)", "Mail waits      ",
                 f"as a patch to {places.OLD_VERSION}", "Converts        message-store", f"Way back        to {places.OLD_VERSION} until"):
        checks.that(line in look.output, f"and says: {line}", look.output)
    stage.tell(look.output)
    checks.equal(stage.updates.state()["state"], "idle", "and begins nothing")
    _wizard_opens(stage, places.OLD_VERSION)


def _wizard_opens(stage: Stage, version: str) -> None:
    """The program, its library and the description of the terminal are in the image. The rest is tested by tests/wizard."""
    wizard = stage.machine.shell.run(_OPEN_AND_LEAVE_WIZARD, common.PHASE_SECONDS)
    stage.checks.that(wizard.status == update_control.CANCELLED and "Nothing was begun" in wizard.output,
                      f"--wizard opens in {version} and can be left", f"{wizard.status}: {wizard.output}{wizard.errors}")


def _install_until_restart(stage: Stage, before: Before) -> None:
    """From the administrator's command to the new system, observed on the console, the bus and the network."""
    checks, install = stage.checks, stage.updates.start_install()
    stage.tell("update-control -i fw")
    install.wait_for_phase(stage.updates, 2, common.PHASE_SECONDS)
    state = stage.updates.state()
    checks.equal(state["mail"], "flows", "mail flows in phase 2")
    checks.that(state["started"] < (state["expected_mail_stop"] or "") < (state["expected_mail_start"] or "")
                <= (state["expected_end"] or ""), "the state says when mail stops and flows again", state)
    stage.addresses.hand_out_other_addresses()
    stage.tell("phase 2; from here on DHCP hands out other addresses")
    install.wait(common.UPGRADE_SECONDS)
    checks.that(install.status in (update_control.RESTARTING, update_control.CONNECTION_LOST),
                "the call ends with the restart", f"{install.status}: {install.output[-500:]}")
    for name in PHASES[:6]:
        checks.that(name in install.output, f"the call showed the phase: {name}", install.output[-1500:])
    stage.machine.shell.disconnect()
    stage.tell("restarting")
    stage.machine.serial.wait_for(r"starting slot b +update_control.try=1", common.PHASE_SECONDS)
    stage.machine.shell.wait_until_reachable(common.PHASE_SECONDS)
    _address_is_pinned(stage, before)
    _configuration_is_on_trial(stage)


def _address_is_pinned(stage: Stage, before: Before) -> None:
    """Runs while the new system is on trial; checks afterwards that it still was."""
    stage.checks.equal(stage.updates.state()["state"] != "idle", True, "the new system answers before the upgrade has ended")
    found = facts.network(stage.machine.shell)
    during = stage.machine.shell.run("test -e /run/update-control/services-held").status == 0
    stage.tell(f"the new system is up at {', '.join(sorted(found.v4 | found.v6))}")
    stage.checks.that(during, "the addresses were checked before mail was accepted again")
    for name in ("v4", "v6", "gateways", "dns", "mtu"):
        stage.checks.equal(getattr(found, name), getattr(before.network, name), f"the new system has the same {name}")
    stage.checks.that(bool(found.v4 and found.v6 and found.gateways and found.dns), "and there are some of each", found)


def _configuration_is_on_trial(stage: Stage) -> None:
    """Checks that what will be committed is what was booted: /etc is the converted one before the services start."""
    checks, shell = stage.checks, stage.machine.shell
    options = shell.must("findmnt --noheadings --output OPTIONS /etc")
    found = {name: (facts.read_file(shell, f"/etc/{name}") or "").encode() for name in product.administrator_files()}
    units = {unit: facts.active(shell, unit) for unit in product.unit_states(shell)}
    on_failure = shell.must("systemctl show --value -p FailureAction update-agent.service").strip()
    held = shell.run("test -e /run/update-control/on-trial").status == 0
    checks.that(held, "the configuration was checked before the commit")
    checks.equal(on_failure, "reboot-force", "on trial a failure of the agent restarts the appliance")
    checks.that(f"upperdir=/root/data/generations/{places.NEW_VERSION}-1/etc/upper" in options, "on trial /etc is the converted one", options)
    checks.equal(found, product.administrator_files(), "on trial the administrator's files are there")
    checks.that(not any(units.values()), "on trial the units that the administrator switched off do not run", units)


def _settings_of_trial_are_gone(stage: Stage) -> None:
    """Checks that a later failure of the agent does not restart the appliance."""
    shell = stage.machine.shell
    stage.checks.equal(shell.must("systemctl show --value -p FailureAction update-agent.service").strip(), "none",
                       "after the commit a failure of the agent restarts nothing")
    stage.checks.that(not facts.active(shell, "update-control-deadline.timer"), "and no deadline runs")


def _state_and_log(stage: Stage) -> None:
    checks, state = stage.checks, stage.updates.state()
    last = state["last"] or {}
    checks.equal((state["state"], state["running_version"]), ("idle", places.NEW_VERSION), "-s shows the new version, idle")
    checks.equal((last.get("result"), last.get("from"), last.get("to")),
                 ("succeeded", places.OLD_VERSION, places.NEW_VERSION), "-s shows the result")
    checks.equal([phase["name"] for phase in last.get("phases", [])], list(PHASES), "-s shows all ten phases")
    checks.equal([phase["name"] for phase in last.get("predicted", [])], list(PHASES), "and what was predicted of them")
    for phase in last.get("phases", []):
        stage.tell(f"phase {phase['number']:2} {phase['name']}: {phase['seconds']:.1f} s")
    log = stage.xpu_log()
    (stage.folder / "xpu-after.log").write_text(log)
    lines = phase_lines(log)
    checks.equal(list(dict.fromkeys((line.number, line.name) for line in lines)), list(enumerate(PHASES, 1)),
                 "one log holds the ten phases in order, by their names")
    for number, name in enumerate(PHASES, 1):
        texts = [line.text for line in lines if line.number == number]
        checks.that(texts and texts[0] == "begins" and any(text.startswith("done in ") for text in texts),
                    f"the log has the begin and the end of: {name}", texts[:3])
    checks.equal(stage.xpu_log_count(), 1, "one run, one log")
    for part in ("PASS policy files: ", " conflicts in /etc: "):
        checks.that(part in log, f"the new image's check programs ran in phase 2: {part}", log[-2000:])


def _fetched_a_patch(stage: Stage) -> None:
    """Checks that the install fetched directly into the partition, and only what the old version lacks."""
    checks, requests = stage.checks, stage.server.requests()
    sent, whole = stage.server.sent_bytes(), common.image_bytes_in_firmware()
    plans = common.plans_in(stage.xpu_log())
    stage.tell(f"the server sent {in_mib(sent)} in {len(requests)} requests; the whole image has {in_mib(whole)}")
    checks.that(len(plans) == 1 and plans[0].patch, "the log says that a patch to the old version is fetched", plans)
    checks.that(0 < sent < 0.8 * whole, "the server sent far less than the whole image", f"{sent} of {whole}")
    checks.that(plans and sent < 1.1 * plans[0].fetch + 4e6, "and no more than the log said", f"{sent}: {plans}")
    checks.that(requests and {request.status for request in requests} == {206}, "by range requests only",
                requests[:5])
    checks.that(len(requests) < 60, "and by few of them", len(requests))
    common.check_nothing_is_stored(stage)


def _partition_is_as_signed(stage: Stage) -> None:
    verify = stage.updates.run("update-control --verify b", common.PHASE_SECONDS)
    stage.checks.that(f"PASS    slot b holds the image of version {places.NEW_VERSION} that was signed" in verify.output,
                      "--verify says that the partition is as signed", verify.output)


def _configuration(stage: Stage, before: Before) -> None:
    shell, checks = stage.machine.shell, stage.checks
    checks.equal(product.policy_meanings(shell), before.policies, "every policy means what it meant")
    formats = [text.count('<policy format="2"') for text in product.policy_files(shell).values()]
    checks.that(formats and all(count == 1 for count in formats), "every policy is in the new format", formats)
    macros = product.macro_files(before.policies)
    checks.that(len(macros) >= 3, "there are macros to look for", macros)
    for path in macros:
        checks.that((facts.read_file(shell, path) or "").strip(), f"the macro's file is there: {path}")
    for name, content in product.administrator_files().items():
        checks.equal(facts.read_file(shell, f"/etc/{name}"), content.decode(), f"the administrator's file is there: {name}")
    for name in product.administrator_removed():
        checks.that(not facts.exists(shell, f"/etc/{name}"), f"what the administrator removed stays away: {name}")
    checks.that("Acme mail gateway" in product.postfix_setting(shell, "smtpd_banner"), "the administrator's Postfix setting holds")
    checks.equal(product.postfix_setting(shell, "message_size_limit"), "20480000", "the release's new Postfix setting holds")
    checks.equal(product.unit_states(shell), {"mailsec-extra.service": "disabled", "mailsec-statistics.service": "masked"},
                 "switched-off units stay switched off")
    running = [unit for unit in product.unit_states(shell) if facts.active(shell, unit)]
    checks.equal(running, [], "and do not run")
    checks.that(facts.exists(shell, "/etc/update-control/carried-over.txt"), "the report on /etc is there")
    checks.equal(shell.must("cat /etc/ssh/ssh_host_*_key.pub"), before.host_keys, "the SSH host keys are the same")
    checks.that(facts.unit_file_state(shell, "update-agent.service") == "enabled", "the updater starts with the appliance")


def _dhcp_is_back(stage: Stage, before: Before) -> None:
    """Checks that the pin is gone: the appliance uses DHCP again and has the addresses that the server hands out now."""
    shell, checks = stage.machine.shell, stage.checks

    def has_other_addresses():
        now = facts.network(shell)
        ours = {address for address in now.v4 | now.v6 if dhcp.among_other_addresses(address)}
        return now if any("." in one for one in ours) and any(":" in one for one in ours) else None
    now = wait_until(has_other_addresses, "the appliance has the addresses that DHCP hands out now", 120 * PATIENCE, every=2)
    stage.tell(f"DHCP is back: {', '.join(sorted(now.v4 | now.v6))}")
    checks.that(dhcp.requests_in(stage.addresses.log_since_change()), "the appliance asks for addresses again")
    checks.that(not (now.v4 | now.v6) & (before.network.v4 | before.network.v6), "the pinned addresses are gone", now)
    checks.that(not shell.run("ls /run/systemd/network/*pin* 2>/dev/null").output, "no pin is left")
    stage.mail.send_to([stage.leased_v4()])
