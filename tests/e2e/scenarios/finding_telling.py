"""Part of `finding`: notices about new firmware, each sent once by every way."""
import json

from harness import facts
from harness.stage import Stage
from virtual_lab import places
from virtual_lab.update_control import Call
from virtual_lab.waiting import wait_until

from . import common

ADMINISTRATOR = "administrator@sink.lan.test"
_SUBJECT = f"firmware {places.NEW_VERSION} can be installed"
_PROGRAMS = "/etc/update-control/notify.d"
_HEARD = "/data/e2e-heard"
# The administrator's own programs: the mode of each, and whether it must be run.
_OWN = {"60-hears": ("755", True), "70-switched-off": ("644", False), "80-anybody-may-write": ("777", False)}


# Listens to the bus, which every user may do.
_LISTEN = """busctl monitor --match="type='signal',interface='org.updatecontrol.Agent1',member='Notice'" """


def prepare(stage: Stage) -> Call:
    """Configures who gets notices; a call that collects the signals on the bus from now on."""
    shell = stage.machine.shell
    shell.must(f"echo {ADMINISTRATOR} >/etc/update-control/mail-notices-to; mkdir {_HEARD}")
    for name, (mode, _) in _OWN.items():
        shell.must(f"printf '%s\\n' '#!/bin/sh' 'echo \"$UPDATE_CONTROL_NOTICE $UPDATE_CONTROL_VERSION\" >>{_HEARD}/{name}' "
                   f">{_PROGRAMS}/{name}; chmod {mode} {_PROGRAMS}/{name}")
    shell.must(f"ln -s {_PROGRAMS}/60-hears {_PROGRAMS}/90-removed; rm {_PROGRAMS}/90-removed")
    signals = stage.updates.start(_LISTEN, "signals")
    wait_until(lambda: "Monitoring bus message stream" in signals.output, "the listener is connected to the bus", common.PHASE_SECONDS)
    return signals


def check(stage: Stage, signals: Call, run_timer_again) -> None:
    """`run_timer_again` returns when the timer has checked the feed once more."""
    checks, shell = stage.checks, stage.machine.shell
    wait_until(lambda: _mails(stage), "the mail server behind the appliance receives its e-mail", common.MAIL_SECONDS)
    stage.tell(f"an e-mail says: {_mails(stage)[0]['subject']}")
    checks.that(_mails(stage)[0]["subject"].endswith(f": {_SUBJECT}"), "the e-mail's subject is that of the notice", _mails(stage)[0])
    _login(stage)
    run_timer_again()
    shell.must("systemctl restart update-agent.service")
    stage.tell("the timer has checked again; the agent was restarted, and the timer checks once more")
    run_timer_again()
    _wait_until_all_is_sent(stage)
    checks.equal(len(_mails(stage)), 1, "however often the timer checks, there is one e-mail")
    journal = shell.must("journalctl UPDATE_CONTROL_NOTICE=can-be-installed --output=json --no-pager").splitlines()
    checks.equal([json.loads(entry)["UPDATE_CONTROL_SUBJECT"] for entry in journal], [_SUBJECT], "and one entry in the journal")
    heard = signals.output
    checks.that(heard.count("Member=Notice") == 1 and f'STRING "{_SUBJECT}"' in heard, "and one signal on the bus", heard[-1500:])
    for name, (mode, runs) in _OWN.items():
        heard = facts.read_file(shell, f"{_HEARD}/{name}")
        expected = f"can-be-installed {places.NEW_VERSION}\n" if runs else None
        checks.equal(heard, expected, f"a program with mode {mode} is run {'once' if runs else 'never'}")
    checks.that(not facts.exists(shell, f"{_HEARD}/90-removed"), "a program that was removed is not run")
    said = shell.must("journalctl --unit=update-notify.service --output=cat --no-pager")
    checks.that("not run: " in said and "80-anybody-may-write" in said, "the journal says why a program is not run", said)
    checks.that(facts.active(shell, "update-notify.path"), "the next notice will be passed on")


def check_ready(stage: Stage) -> None:
    """Called after a download, with notices by mail turned off in the settings."""
    _wait_until_all_is_sent(stage)
    heard = (facts.read_file(stage.machine.shell, f"{_HEARD}/60-hears") or "").splitlines()
    stage.checks.equal(heard[1:], [f"ready-to-install {places.NEW_VERSION}"], "a program is run once when firmware is ready")
    stage.checks.equal(len(_mails(stage)), 1, "with notices by mail turned off there is no further e-mail")


def _login(stage: Stage) -> None:
    checks, shell = stage.checks, stage.machine.shell
    banner = f"Firmware {places.NEW_VERSION} can be installed: update-control -i fw"
    greeting = shell.log_in()
    checks.that(banner in greeting, "a login shows the notice", greeting)
    shell.must("mv /etc/motd.d/update-control /etc/motd.d-off")
    greeting = shell.log_in()
    checks.that(banner not in greeting and "exit" in greeting, "unless the administrator has turned that off", greeting)
    shell.must("mv /etc/motd.d-off /etc/motd.d/update-control")


def _mails(stage: Stage) -> list[dict]:
    return stage.mail.delivered_to(ADMINISTRATOR)


def _wait_until_all_is_sent(stage: Stage) -> None:
    """Until no notice waits, no program runs and no mail is queued."""
    quiet = ("! ls /data/update-control/notices/*.notice 2>/dev/null && ! systemctl is-active --quiet update-notify.service "
             "&& test \"$(systemctl show update-notify.service --property=ActiveState --value)\" != activating "
             "&& mailq | grep -q 'queue is empty'")
    wait_until(lambda: stage.machine.shell.run(quiet).status == 0, "all notices are sent", common.MAIL_SECONDS, every=1)
