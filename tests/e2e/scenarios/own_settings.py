"""An appliance as an administrator has made it: static addresses on a bridge and nobody who hands out any, an own service,
kernel settings, settings of sshd. On trial, after the commit and after one more restart all of it is in force."""
import json

from harness import facts, places, product, update_control
from harness.machine import MAC
from harness.stage import Stage
from harness.waiting import wait_until

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
    "sysctl.d/90-acme.conf": "net.core.somaxconn = 1234\n",
    "ssh/sshd_config.d/90-acme.conf": "MaxAuthTries 3\n",
}


def stay_in_force(stage: Stage) -> None:
    common.publish(stage)
    stage.start_appliance()
    _set_up(stage)
    _is_in_force(stage, "before the upgrade")
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
    stage.restart()
    stage.checks.equal(common.check_complete_pair(stage), places.NEW_VERSION, "it runs after one more restart, too")
    _is_in_force(stage, "after one more restart")
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)
    common.check_mail(stage)


def _set_up(stage: Stage) -> None:
    shell = stage.machine.shell
    for name, text in _FILES.items():
        shell.must(f"mkdir -p $(dirname /etc/{name}) && cat >/etc/{name} <<'END'\n{text}END")
    shell.must("systemctl enable --quiet acme-agent.service && systemctl disable --quiet mailsec-report.service")
    stage.addresses.hand_out_nothing()
    stage.tell("the administrator's settings are made; restarting into them")
    stage.restart()
    stage.address = _V4
    stage.mail.send_to([_V4])
    stage.mail.rate(common.RATE_DURING)
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)


def _is_in_force(stage: Stage, when: str) -> None:
    """What runs is looked at, not what is enabled."""
    checks, shell = stage.checks, stage.machine.shell
    stage.tell(f"looking at the administrator's settings {when}")
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
    checks.that("maxauthtries 3" in shell.must("sshd -T"), f"so is the setting of sshd {when}")
    failed = shell.must("systemctl list-units --failed --plain --no-legend --no-pager")
    checks.equal(failed, "", f"no unit has failed {when}")
    for unit in ("mailsec-report.service", *product.unit_states(shell)):
        checks.that(not facts.active(shell, unit), f"a unit that was switched off does not run {when}: {unit}")
