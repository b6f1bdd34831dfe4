"""A cluster of three nodes is upgraded by the collection while senders know the balancer alone: a conflict stops a run, one node
rolls back and stops the next, a run is killed, and the last one finishes. Mail is accepted all the time, and each message is
stored once."""
import json

from harness import facts
from harness.cluster_stage import Balancer, ClusterStage, EmulatedClusterStage
from virtual_lab import appliance, places
from virtual_lab.waiting import PATIENCE, wait_until

from . import common

# Postfix starts under the old version only: the new system does not pass the health gate.
_FAULT = "/etc/systemd/system/postfix.service.d/fault.conf"
_INSTALL = "Install and wait for the version"
_MAX_GAP_SECONDS = 5  # on a busy machine; one retry of the sender
_MESSAGES_PER_SECOND = 3.0


def upgraded_while_mail_flows(stage: ClusterStage) -> None:
    common.publish(stage)
    stage.start_appliance()
    nodes = stage.nodes
    stage.plays.settings.update(update_control_source="", update_control_version=places.NEW_VERSION,
                                update_control_minimum_version=places.OLD_VERSION, update_control_role_home="node-1")
    nodes["node-1"].machine.shell.must("update-control --role take")
    for node in nodes.values():
        node.machine.shell.must("update-control --refresh")
    stage.mail.rate(_MESSAGES_PER_SECOND)
    asking = _a_drained_node_tells_it(stage)
    _a_conflict_stops_the_run(stage)
    _a_node_that_rolls_back_stops_the_run(stage)
    _a_killed_run_continues(stage)
    _all_run_the_new_version(stage)
    wait_until(lambda: asking.statuses() == {_ASKED: "UP"}, "the upgraded node still tells what it wants", common.PHASE_SECONDS)
    _mail_never_stopped(stage)


def emulated_node_is_upgraded(stage: EmulatedClusterStage) -> None:
    """With a kernel, a boot loader and DHCP of its own. Alone, so mail waits for it."""
    common.publish(stage)
    stage.start_appliance()
    checks, shell = stage.checks, stage.machine.shell
    stage.plays.settings.update(update_control_source="", update_control_version=places.NEW_VERSION,
                                update_control_minimum_version=places.OLD_VERSION, update_control_others_up=0)
    shell.must("update-control --refresh")
    stage.mail.rate(common.RATE_DURING)
    run = stage.plays.play(seconds=2 * common.UPGRADE_SECONDS)
    _keep(stage, run, "only")
    checks.that(run.rc == 0, "the run finishes", run.log[-3000:])
    checks.equal(common.check_complete_pair(stage), places.NEW_VERSION, "the new version runs")
    state = stage.updates.state()
    checks.equal((state["mail"], state["drained"]), ("flows", None), "it accepts mail")
    checks.equal(stage.balancer.statuses(), {stage.NAME: "UP"}, "it serves")
    common.check_mail(stage)


_ASKED = "node-2"


def _a_drained_node_tells_it(stage: ClusterStage) -> Balancer:
    """HAProxy asks the node itself (agent-check). Returns that HAProxy."""
    shell = stage.nodes[_ASKED].machine.shell
    stage.tell(f"HAProxy asks {_ASKED} what it wants; it is drained")
    shell.must("systemctl enable --now update-agent-check.socket")
    asking = stage.ask_the_node(_ASKED)
    shell.must("update-control --drain --no-wait")
    wait_until(lambda: asking.statuses() == {_ASKED: "DRAIN (agent)"}, "HAProxy shows it as drained", 10 * PATIENCE, every=0.2)
    shell.must("update-control --resume")
    wait_until(lambda: asking.statuses() == {_ASKED: "UP"}, "HAProxy shows it as up", 10 * PATIENCE, every=0.2)
    wait_until(lambda: set(stage.balancer.statuses().values()) == {"UP"}, "all three serve", 10 * PATIENCE, every=0.2)
    return asking


_CONFLICT = "/etc/issue"  # differs between the releases of Debian


def _a_conflict_stops_the_run(stage: ClusterStage) -> None:
    """One that only the new version finds: the first node ends its job in phase 2 and serves again."""
    checks, first = stage.checks, stage.nodes["node-3"]
    first.machine.shell.must(f"echo 'Property of the lab' >{_CONFLICT}")
    stage.tell(f"a run with a conflict on node-3: {_CONFLICT}")
    run = stage.plays.play(seconds=common.UPGRADE_SECONDS)
    _keep(stage, run, "conflict")
    said = " ".join(run.log.split())
    checks.that(run.rc != 0 and f"{_CONFLICT}: changed on both sides" in said, "the run stops and names the file", run.log[-3000:])
    last = first.state()["last"]
    checks.equal((last["result"], last["code"]), ("failed", "UC0809"), "the job ended in phase 2")
    checks.equal(set(stage.balancer.statuses().values()), {"UP"}, "all three serve")
    # It may stay.
    stage.plays.settings["update_control_known_conflicts"] = [_CONFLICT]


def _a_node_that_rolls_back_stops_the_run(stage: ClusterStage) -> None:
    checks, faulty = stage.checks, stage.nodes["node-2"].machine.shell
    faulty.must(f"mkdir -p {_FAULT.rpartition('/')[0]} && printf '%s\\n' '[Service]' "
                f"\"ExecStartPre=/bin/sh -c 'grep -q {places.OLD_VERSION} /usr/share/update-control/appliance.xml'\" >{_FAULT} && "
                "systemctl daemon-reload")
    stage.tell("the first run; on node-2 the new system does not pass the health gate")
    run = stage.plays.play(seconds=common.UPGRADE_SECONDS)
    _keep(stage, run, "first")
    checks.that(run.rc != 0, "the run fails", run.log[-2000:])
    versions = {name: appliance.running_version(node.machine.shell) for name, node in stage.nodes.items()}
    checks.equal(versions, {"node-1": places.OLD_VERSION, "node-2": places.OLD_VERSION, "node-3": places.NEW_VERSION},
                 "the first node is upgraded, the second one rolled back, the third one untouched")
    checks.equal(stage.nodes["node-2"].state()["last"]["result"], "rolled-back", "node-2 says so itself")
    checks.equal(stage.nodes["node-1"].state()["last"], None, "on node-1 nothing was begun")
    checks.equal(set(stage.balancer.statuses().values()), {"UP"}, "all three serve")
    faulty.must(f"rm {_FAULT} && systemctl daemon-reload")


def _a_killed_run_continues(stage: ClusterStage) -> None:
    """Killed while node-2 installs, and run again."""
    stage.tell("the second run is killed while node-2 is in phase 2")
    stage.plays.settings["update_control_force"] = True
    run = stage.plays.play(kill_when=lambda: stage.nodes["node-2"].state().get("phase") == 2, seconds=common.UPGRADE_SECONDS)
    _keep(stage, run, "killed")
    stage.checks.equal(run.rc, -9, "the run was killed")
    stage.tell("the third run")
    run = stage.plays.play(seconds=common.UPGRADE_SECONDS)
    _keep(stage, run, "last")
    stage.checks.that(run.rc == 0, "the next run finishes", run.log[-3000:])


def _all_run_the_new_version(stage: ClusterStage) -> None:
    checks = stage.checks
    for name, node in stage.nodes.items():
        shell = node.machine.shell
        checks.equal((appliance.running_version(shell), facts.running_slot(shell)), (places.NEW_VERSION, "b"), f"{name} runs the new version")
        state = node.state()
        checks.equal((state["mail"], state["drained"]), ("flows", None), f"{name} accepts mail")
    installs = [job for job in _history(stage, "node-2") if job["operation"] == "install"]
    checks.equal([job["result"] for job in installs][-2:], ["rolled-back", "succeeded"], "node-2 was installed once after its rollback")
    roles = {name: node.state()["role"] for name, node in stage.nodes.items()}
    checks.equal(roles, {"node-1": "primary", "node-2": "secondary", "node-3": "secondary"}, "the control role is at home")
    checks.equal(set(stage.balancer.statuses().values()), {"UP"}, "all three serve")


def _history(stage: ClusterStage, name: str) -> list[dict]:
    jobs = json.loads(stage.nodes[name].machine.shell.must("update-control --history --json"))["jobs"]
    return sorted(jobs, key=lambda job: job["started"])


def _mail_never_stopped(stage: ClusterStage) -> None:
    checks = stage.checks
    stage.mail.drain(common.MAIL_SECONDS)
    gap = stage.mail.downtime()
    wait_until(lambda: not stage.mail.account(stage.stored_message_ids()).not_stored, "all is stored", common.MAIL_SECONDS, every=2)
    account = stage.mail.account(stage.stored_message_ids())
    stage.tell(f"{account.sent} sent, {account.accepted} accepted, {account.delivered} delivered, {account.stored} stored; "
               f"longest time without acceptance {gap.seconds:.1f} s")
    checks.none_of(account.problems(), "every message is accepted, delivered and stored exactly once")
    checks.that(gap.seconds <= _MAX_GAP_SECONDS, "mail was accepted all the time", f"not for {gap.seconds:.1f} s")
    stage.write_summary(sent=account.sent, stored=account.stored, downtime_seconds=round(gap.seconds, 1))


def _keep(stage: ClusterStage, run, name: str) -> None:
    (stage.folder / f"play-{name}.log").write_text(run.log)
