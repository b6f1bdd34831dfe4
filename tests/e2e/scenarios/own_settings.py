"""An appliance that its administrator has customized: static addresses on a bridge without DHCP, a service, a packet filter,
kernel settings, settings of sshd, files in /var. With a setting that the new sshd refuses, the upgrade ends while mail flows;
without it, all other settings are in force on trial, after the commit and after one more restart."""
import json
import socket

from harness import facts, product
from harness.stage import Stage
from virtual_lab import appliance, places, update_control
from virtual_lab.machine import MAC
from virtual_lab.waiting import wait_until

from . import common

_V4, _V6, _GATEWAY = "192.168.77.50", "fd77::50", "192.168.77.2"
_MTU = 1400
_FILES = {
    "systemd/network/10-br0.netdev": f"[NetDev]\nName=br0\nKind=bridge\nMACAddress={MAC}\n[Bridge]\nSTP=no\n",
    "systemd/network/20-port.network": "[Match]\nType=ether\nKind=!*\n[Network]\nBridge=br0\n",
    "systemd/network/30-br0.network": f"[Match]\nName=br0\n[Link]\nMTUBytes={_MTU}\n[Network]\nIPv6AcceptRA=no\nAddress={_V4}/24\n"
                                      f"Address={_V6}/64\nGateway={_GATEWAY}\nDNS={_GATEWAY}\n",
    "systemd/system/acme-agent.service": "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n"
                                         "[Install]\nWantedBy=multi-user.target\n",
    "nftables.conf": "flush ruleset\ntable inet acme {\n  chain input {\n    type filter hook input priority 0; policy accept;\n"
                     "    tcp dport 4711 counter drop\n  }\n}\n",
    "sysctl.d/90-acme.conf": "net.core.somaxconn = 1234\n",
    "ssh/sshd_config.d/90-acme.conf": "MaxAuthTries 3\n",
}
# Debian 12's sshd accepts it, Debian 13's does not start with it.
_REFUSED_FILE, _REFUSED = "/etc/ssh/sshd_config.d/95-old-clients.conf", "PubkeyAcceptedAlgorithms +ssh-rsa,ssh-dss"


# Files of the administrator and of the service in /var: path -> text, owner and group, mode. acme is the service's user.
_VAR_FILES = {
    "/var/spool/cron/crontabs/root": ("17 3 * * * /usr/bin/true\n", "root:root", "600"),
    "/var/mail/acme": ("From someone@lan.test Thu Jan  1 00:00:00 2026\nSubject: kept\n\nkept\n", "acme:mail", "660"),
    "/var/lib/acme-agent/state": ("what the service knows\n", "4321:1234", "640"),
    "/var/lib/acme-agent/dkim/default.private": ("no real key\n", "acme:acme", "600"),
}
_VAR_ATTRIBUTE = ("/var/lib/acme-agent/state", "user.acme", "forty-two")
# In a folder that the product counts among the settings.
_LIST = "/var/lib/mailsec-lists/blocked-senders.txt"
# The system makes it again by itself.
_VAR_CACHE = "/var/cache/acme-agent/copy"


def stay_in_force(stage: Stage) -> None:
    common.publish(stage)
    stage.start_appliance()
    _set_up(stage)
    _is_in_force(stage, "before the upgrade")
    _is_refused(stage)
    stage.tell("update-control -i fw")
    install = stage.updates.start_install()
    stage.checks.that(install.wait(common.UPGRADE_SECONDS) in (update_control.RESTARTING, update_control.CONNECTION_LOST),
                      "the call ends with the restart", f"{install.status}: {install.output[-800:]}")
    stage.machine.shell.disconnect()
    stage.machine.serial.wait_for(r"starting slot b +update_control.try=1", common.PHASE_SECONDS)
    stage.machine.shell.wait_until_reachable(common.PHASE_SECONDS)
    stage.tell("the new system answers, on trial")
    _is_in_force(stage, "on trial")
    stage.checks.that(stage.machine.shell.run("test -e /run/update-control/on-trial").status == 0, "that was before the commit")
    follow = stage.updates.follow_to_the_end(common.UPGRADE_SECONDS)
    stage.checks.equal(follow.status, update_control.DONE, "the upgrade comes to its end")
    stage.checks.equal(common.check_complete_pair(stage), places.NEW_VERSION, "the new version runs")
    _is_in_force(stage, "after the commit")
    log = stage.xpu_log()
    for word in ("accept the configuration", "sshd answers at", "the health gate is passed"):
        stage.checks.that(word in log, f"the log says: {word}", log[-800:])
    restored, owner_of_list = _restore_a_snapshot(stage)
    stage.restart()
    stage.checks.equal(common.check_complete_pair(stage), places.NEW_VERSION, "it runs after one more restart, too")
    said = stage.machine.shell.run("journalctl -b -o cat -u update-agent").output
    stage.checks.that(f"the settings of the snapshot {restored} are in force" in said, "with the settings of the snapshot", said[-800:])
    now = stage.machine.shell.run("cat /etc/ssh/sshd_config.d/90-acme.conf; ls /etc/added-since").output
    stage.checks.equal(now.strip(), "MaxAuthTries 3", "what was changed since is as it was")
    stage.checks.that("added since" not in (facts.read_file(stage.machine.shell, _LIST) or ""), "so is a list in /var")
    owner = stage.machine.shell.must(f"stat --format='%U %a' {_LIST}").strip()
    stage.checks.equal(owner, owner_of_list, "with its owner and mode")
    _is_in_force(stage, "after one more restart")
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)
    common.check_mail(stage)


def _restore_a_snapshot(stage: Stage) -> tuple[str, str]:
    """One of the old version, converted. It takes effect at the restart that follows; what was changed in between is gone then.
    Returns its name, and owner and mode of a list in /var."""
    shell, checks = stage.machine.shell, stage.checks
    listed = shell.must("update-control --snapshot list")
    checks.that(f"before the upgrade to {places.NEW_VERSION}" in listed, "a snapshot was made before the upgrade", listed)
    before = [line.split()[0] for line in listed.splitlines() if "before the upgrade" in line]
    refused = shell.run(f"update-control --snapshot restore {before[0]}", common.UPGRADE_SECONDS)
    checks.equal(refused.status, update_control.REFUSED, "that with a setting that the new sshd refuses is not restored")
    checks.that("the checker ssh says" in refused.errors, "and the checker's words say why", refused.errors[-800:])
    owner_of_list = shell.must(f"stat --format='%U %a' {_LIST}").strip()
    shell.must("update-control --snapshot create as-upgraded")
    shell.must("echo 'MaxAuthTries 6' >/etc/ssh/sshd_config.d/90-acme.conf && touch /etc/added-since && "
               f"echo '# added since' >>{_LIST}")
    shown = shell.must("update-control --snapshot show as-upgraded")
    for line in ("changed     /etc/ssh/sshd_config.d/90-acme.conf", "added       /etc/added-since", f"changed     {_LIST}"):
        checks.that(line in shown, f"--snapshot show says: {line}", shown)
    shell.must("update-control --snapshot export as-upgraded - >/data/exported && update-control --snapshot import /data/exported copy")
    checks.that("take effect at the next restart" in shell.must("update-control --snapshot restore copy"), "a restore says when")
    shell.must("update-control --snapshot cancel-restore")
    said = shell.run(f"update-control --snapshot restore {before[-1]}", common.UPGRADE_SECONDS)
    checks.equal(said.status, update_control.DONE, "that of the old version is restored in the new one")
    checks.that(f"converted from version {places.OLD_VERSION}" in said.output, "after a conversion", said.output[-1500:])
    return before[-1], owner_of_list


def _set_up(stage: Stage) -> None:
    shell = stage.machine.shell
    for name, text in _FILES.items():
        shell.must(f"mkdir -p $(dirname /etc/{name}) && cat >/etc/{name} <<'END'\n{text}END")
    shell.must("systemctl enable --quiet acme-agent.service nftables.service && systemctl disable --quiet mailsec-report.service")
    _fill_var(stage)
    stage.addresses.hand_out_nothing()
    stage.tell("the administrator's settings are made; restarting with them")
    stage.restart()
    stage.address = _V4
    stage.mail.send_to([_V4])
    stage.mail.rate(common.RATE_DURING)
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)


def _is_refused(stage: Stage) -> None:
    """A setting that would lock everybody out of the new system ends the install in phase 2; no service has stopped."""
    checks, shell = stage.checks, stage.machine.shell
    began = {unit: facts.last_began(stage.machine.shell, unit) for unit in product.MAIL_UNITS}
    shell.must(f"echo '{_REFUSED}' >{_REFUSED_FILE} && /usr/sbin/sshd -t")
    stage.tell(f"update-control -i fw, with a setting that the new sshd refuses: {_REFUSED}")
    install = stage.updates.run("update-control -i fw", common.UPGRADE_SECONDS)
    checks.equal(install.status, update_control.FAILED, "the install with it fails")
    last = stage.updates.state()["last"] or {}
    checks.equal(last.get("result"), "failed", "update-control -s shows it")
    for word in ("the checker ssh says", _REFUSED_FILE, "Bad key types"):
        checks.that(word in last.get("reason", ""), f"the reason says: {word}", last)
        checks.that(word in install.output, f"so does the call: {word}", install.output[-800:])
    checks.that("as before" in install.output, "and in what state the appliance is", install.output[-800:])
    log = stage.xpu_log()
    checks.that(_REFUSED_FILE in log, "the log says so", log[-800:])
    checks.that("phase 2 " in log and "phase 3 " not in log, "it ends in phase 2", log[-800:])
    checks.equal({unit: facts.last_began(stage.machine.shell, unit) for unit in product.MAIL_UNITS}, began, "the services have run all the time")
    checks.equal(facts.grub_environment(shell).get("bootable_b"), "0", "the new system cannot be booted")
    checks.equal(common.check_complete_pair(stage), places.OLD_VERSION, "the old version runs")
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)
    stage.tell("mail flows; repeating the install without the setting")
    shell.must(f"rm {_REFUSED_FILE}")


def _fill_var(stage: Stage) -> None:
    shell = stage.machine.shell
    shell.must("useradd --uid 1500 --user-group --no-create-home --home-dir /var/lib/acme-agent --shell /usr/sbin/nologin acme")
    for path, (text, owner, mode) in _VAR_FILES.items():
        shell.must(f"mkdir -p $(dirname {path}) && cat >{path} <<'END'\n{text}END")
        shell.must(f"chown {owner} {path} && chmod {mode} {path}")
    shell.must("chmod 1730 /var/spool/cron/crontabs && chown acme:acme /var/lib/acme-agent/dkim && chmod 700 /var/lib/acme-agent/dkim")
    # The image has no setfattr, but systemd-tmpfiles sets attributes.
    path, name, value = _VAR_ATTRIBUTE
    shell.must(f"echo 't {path} - - - - {name}={value}' | systemd-tmpfiles --create -")
    shell.must(f"mkdir -p $(dirname {_VAR_CACHE}) && echo x >{_VAR_CACHE}")


def _greeting_of_sshd() -> str:
    with socket.create_connection((_V4, 22), timeout=common.PHASE_SECONDS) as connection:
        return connection.recv(255).decode(errors="replace")


def _is_in_force(stage: Stage, when: str) -> None:
    """Checks what is running, not what is enabled."""
    checks, shell = stage.checks, stage.machine.shell
    stage.tell(f"checking the administrator's settings {when}")
    wait_until(lambda: facts.active(shell, "acme-agent.service"), f"the administrator's service runs {when}", common.PHASE_SECONDS)
    link = json.loads(shell.must("ip -j address show dev br0"))[0]
    found = {entry["local"] for entry in link["addr_info"] if entry["scope"] == "global"}
    checks.equal((found, link["mtu"]), ({_V4, _V6}, _MTU), f"the static addresses are on the bridge {when}")
    others = json.loads(shell.must("ip -j address show scope global"))
    checks.equal(sorted({one["ifname"] for one in others if one.get("addr_info")}), ["br0"], f"and nowhere else {when}")
    routes = json.loads(shell.must("ip -j route show default"))
    checks.equal([route.get("gateway") for route in routes], [_GATEWAY], f"so is the default route {when}")
    checks.that(_GATEWAY in shell.must("resolvectl dns br0"), f"and the DNS server {when}")
    checks.equal(shell.must("sysctl -n net.core.somaxconn").strip(), "1234", f"the kernel setting is in force {when}")
    checks.that("dport 4711" in shell.must("nft list ruleset"), f"so is the packet filter {when}")
    checks.that("maxauthtries 3" in shell.must("sshd -T"), f"so is the setting of sshd {when}")
    failed = shell.must("systemctl list-units --failed --plain --no-legend --no-pager")
    checks.equal(failed, "", f"no unit has failed {when}")
    for unit in ("mailsec-report.service", *product.unit_states(shell)):
        file_state = facts.unit_file_state(shell, unit)
        checks.that(file_state in ("disabled", "masked"), f"a unit is still switched off {when}: {unit}", file_state)
        checks.that(not facts.active(shell, unit), f"and does not run {when}: {unit}")
        checks.equal(facts.last_began(stage.machine.shell, unit), "0", f"and has not since the machine started {when}: {unit}")
    checks.that(_greeting_of_sshd().startswith("SSH-"), f"sshd answers {when}")
    _var_is_there(stage, when)


def _var_is_there(stage: Stage, when: str) -> None:
    checks, shell = stage.checks, stage.machine.shell
    for path, (text, owner, mode) in _VAR_FILES.items():
        checks.equal(shell.run(f"cat {path}").output, text, f"the file in /var is whole {when}: {path}")
        names = "%u:%g" if owner[0].isdigit() else "%U:%G"
        found = shell.run(f"stat --format='{names} %a' {path}").output.strip()
        checks.equal(found, f"{owner} {mode}", f"with its owner and mode {when}: {path}")
    key = next(path for path in _VAR_FILES if "dkim" in path)
    checks.equal(shell.run(f"runuser -u acme -- cat {key}").output, _VAR_FILES[key][0], f"the service's user can read its key {when}")
    checks.that(shell.run(f"runuser -u mailsec -- cat {key}").status != 0, f"and another user cannot {when}")
    # The image has no getfattr either, but tar writes extended attributes as text.
    path, name, value = _VAR_ATTRIBUTE
    expected = f"SCHILY.xattr.{name}={value}"
    found = shell.run(f"tar --xattrs --create --to-stdout --absolute-names {path} | grep --text --only-matching '{expected}'")
    checks.equal(found.output.strip(), expected, f"and its extended attribute is there {when}")
    if appliance.running_version(shell) == places.NEW_VERSION:
        checks.that(not facts.exists(shell, _VAR_CACHE), f"a cache of the old system is not there {when}")
        report = facts.read_file(shell, "/etc/update-control/carried-var.txt") or ""
        for line in ("  /var/lib/acme-agent (2 files): ", "  /var/mail/acme: ", "  /var/spool/cron (1 file): ", "  /var/cache ("):
            checks.that(line in report, f"the report names {line.split()[0]} {when}", report[-1500:])
