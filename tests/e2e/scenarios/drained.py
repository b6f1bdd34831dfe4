"""Mail is stopped on request: it survives a restart of the agent, and one of the appliance only if that was ordered."""
import time

from harness import facts
from harness.stage import Stage
from virtual_lab import update_control
from virtual_lab.waiting import wait_until

from . import common

# Several attempts of the senders, which retry every few seconds.
LONG_ENOUGH_TO_RETRY = 15
BALANCER_ASKS = "bash -c 'exec 3<>/dev/tcp/127.0.0.1/4725 && head -n 1 <&3'"


def survives_as_ordered(stage: Stage) -> None:
    common.begin(stage, messages=20)
    stage.machine.shell.must("systemctl start update-agent-check.socket")
    _balancer_is_told(stage, "ready up")
    _mail_is_stopped(stage)
    _agent_is_restarted(stage)
    _role_is_taken(stage)
    _restart(stage)
    stage.checks.equal(stage.updates.state()["drained"], None, "a restart of the appliance ends it")
    stage.checks.equal(wait_until(lambda: stage.updates.state()["role"], "the role is known", common.PHASE_SECONDS), "primary", "and keeps the role")
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)
    _drain(stage, "--keep-over-restart")
    _restart(stage)
    stage.checks.that((stage.updates.state()["drained"] or {}).get("keep_over_restart"), "unless it was ordered otherwise")
    _no_mail_is_accepted(stage)
    resume = stage.updates.run("update-control --resume", common.PHASE_SECONDS)
    stage.checks.equal(resume.status, update_control.DONE, "update-control --resume accepts mail again")
    stage.checks.equal(stage.machine.shell.run("test -e /data/update-control/drained.nft").status, 1, "and for good")
    stage.mail.send_to(stage.known_addresses())
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)
    common.check_mail(stage)


def _drain(stage: Stage, *options: str) -> None:
    call = stage.updates.run(" ".join(["update-control --drain --wait 240", *options]), common.PHASE_SECONDS)
    stage.checks.equal(call.status, update_control.DONE, f"update-control --drain waits until the queue is empty: {call.output[-300:]}")


def _no_mail_is_accepted(stage: Stage) -> None:
    wait_until(lambda: stage.updates.state()["drained"]["queue_length"] is not None, "the queue was looked at", common.PHASE_SECONDS)
    accepted = stage.mail.accepted_count()
    time.sleep(LONG_ENOUGH_TO_RETRY)
    stage.checks.equal(stage.mail.accepted_count(), accepted, "no mail from outside is accepted")
    state = stage.updates.state()
    stage.checks.equal((state["mail"], state["mail_problem"], state["drained"]["queue_length"]), ("stopped", None, 0),
                       "update-control -s says so, and calls it no problem")
    status = stage.updates.run("update-control -s", common.PHASE_SECONDS)
    stage.checks.that(status.status == 0 and "drained on request since" in status.output, "and exits with 0", status.output)


def _mail_is_stopped(stage: Stage) -> None:
    _drain(stage)
    _no_mail_is_accepted(stage)
    _balancer_is_told(stage, "drain")
    greeting = facts.read_file(stage.machine.shell, "/run/update-control/motd") or ""
    stage.checks.that("Mail is stopped: drained on request" in greeting, "the greeting at login says so", greeting)
    test = stage.updates.run("update-control --test-message", common.PHASE_SECONDS)
    stage.checks.that(test.status == 0 and "filtered and stored" in test.output, "a test message passes all the same", test.output)


def _agent_is_restarted(stage: Stage) -> None:
    before = stage.updates.state()["drained"]["since"]
    stage.machine.shell.must("systemctl restart update-agent", timeout=common.PHASE_SECONDS)
    stage.checks.equal(stage.updates.state()["drained"]["since"], before, "it survives a restart of the agent")
    _no_mail_is_accepted(stage)


def _role_is_taken(stage: Stage) -> None:
    for verb, role in (("show", "secondary"), ("take", "primary")):
        call = stage.updates.run(f"update-control --role {verb}", common.PHASE_SECONDS)
        stage.checks.that(call.status == 0 and role in call.output, f"update-control --role {verb}: {role}", call.output)


def _restart(stage: Stage) -> None:
    stage.tell("restarting the appliance")
    stage.restart()
    wait_until(stage.updates.state_or_none, "the agent answers", common.PHASE_SECONDS)


def _balancer_is_told(stage: Stage, line: str) -> None:
    def answer() -> str:
        return stage.machine.shell.must(BALANCER_ASKS).strip()
    # Whether mail flows is looked at every few seconds.
    wait_until(lambda: answer() == line, f"a load balancer is told: {line}", common.PHASE_SECONDS)
    stage.checks.equal(answer(), line, "a load balancer is told in a word")
