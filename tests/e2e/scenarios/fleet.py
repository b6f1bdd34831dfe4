"""A fleet of three nodes follows a hawkBit server: update-hawkbit as the service on real appliances, led by update-rollout in
three groups. The first one is confirmed by hand and loses its client twice; the second one refuses and stops the rollout, is
cancelled, and succeeds; the third one follows. In the end one node asks goosebit, a real server of the device interface."""
from datetime import datetime, timezone

from harness import facts, fleet_stage
from harness.fleet_stage import FleetNode, FleetStage
from virtual_lab import appliance, places
from virtual_lab.waiting import wait_until

from . import common, fleet_service

_LARGE = "/data/something-large"
_MESSAGES_PER_SECOND = 1.0


def rolled_out_in_groups(stage: FleetStage) -> None:
    common.publish(stage)
    stage.start_appliance()
    stage.mail.rate(_MESSAGES_PER_SECOND)
    fleet_service.behaves(stage)
    stage.operator.create("all", "A,B,C", "--confirm")
    _first_group_is_confirmed_and_outlives_its_client(stage)
    _second_group_refuses_and_stops_the_rollout(stage)
    _mended_node_is_cancelled_and_then_upgraded(stage)
    _resumed_rollout_finishes(stage)
    _goosebit_is_told_the_truth(stage)
    _all_mail_has_passed(stage)


def _first_group_is_confirmed_and_outlives_its_client(stage: FleetStage) -> None:
    node, operator, checks = stage.nodes["node-1"], stage.operator, stage.checks
    checks.equal([group["name"] for group in operator.report("start", "all")["groups"] if group["begun"]], ["A"], "group A begins")
    node.poll()
    node.until_client(lambda found: found["question"], "a question")
    shown = node.machine.shell.must("update-hawkbit --status")
    checks.that(f"may version {places.NEW_VERSION} be installed?" in shown and "update-hawkbit --confirm" in shown,
                "the status shows the server's question", shown)
    node.machine.shell.must("update-hawkbit --deny --remark 'not on a Tuesday'")
    wait_until(lambda: "not on a Tuesday" in str(operator.entries("node-1")), "the server knows why not", common.PHASE_SECONDS)
    checks.equal(node.state()["last"], None, "nothing is installed that was denied")
    stage.tell("node-1 confirms")
    node.machine.shell.must("update-hawkbit --confirm")
    _watch_phase_2(stage, node)
    _client_is_restarted(stage, node)
    _upgraded(stage, node, "all")
    checks.equal(operator.begun("all"), ["A"], "the next group does not begin on the same day")
    found = operator.versions()
    checks.equal({version: found[version]["say"] for version in (places.OLD_VERSION, places.NEW_VERSION)},
                 {places.OLD_VERSION: 2, places.NEW_VERSION: 1}, "update-rollout shows mixed versions")


def _watch_phase_2(stage: FleetStage, node: FleetNode) -> None:
    """Slows phase 2 down until there was time to look at it."""
    wait_until(lambda: (node.state().get("phase") or 0) >= 2, f"{node.name} is in phase 2", common.PHASE_SECONDS)
    node.updates.run(f"update-control --install-rate {common.WATCHABLE_MIB_PER_SECOND}", common.PHASE_SECONDS)
    stage.checks.equal(node.state()["phase"], 2, f"{node.name} is in phase 2")


def _client_is_restarted(stage: FleetStage, node: FleetNode) -> None:
    """In the middle of phase 2, first by order, then without warning."""
    shell, checks = node.machine.shell, stage.checks
    job = node.state()["job"]
    wanted = (places.NEW_VERSION, "installing", job)
    for what, command in (("systemctl restart", f"systemctl restart {fleet_stage.SERVICE}"),
                          ("kill -9", f"kill -9 {{process}}; sleep 1; systemctl is-active {fleet_stage.SERVICE}; "
                                      f"systemctl start {fleet_stage.SERVICE}")):
        before = node.client_process()
        shell.must(command.format(process=before))
        action = node.until_client(lambda found: found["action"], "its action is known")["action"]
        checks.equal((action["version"], action["step"], action["job"]), wanted, f"after {what} it goes on with the same job")
        checks.that(node.client_process() not in (before, 0), "as another process")
    checks.equal((node.state()["job"], node.state()["phase"]), (job, 2), "the installation goes on meanwhile")
    node.updates.run("update-control --install-rate 0", common.PHASE_SECONDS)


def _upgraded(stage: FleetStage, node: FleetNode, rollout: str, days_later: float = 0) -> None:
    """Waits until hawkBit calls it finished; checks that it is, and that nothing was said before."""
    checks, operator = stage.checks, stage.operator
    stage.tell(f"{node.name} is being upgraded")
    stage.mail.send_to([node.address])
    wait_until(lambda: operator.action(node.name)["status"] in ("finished", "error", "canceled"), f"the action of {node.name} ends",
               common.UPGRADE_SECONDS, every=1)
    said = operator.entries(node.name)
    checks.equal(operator.action(node.name)["status"], "finished", f"hawkBit shows that {node.name} succeeded: {said[-1]}")
    state, shell = node.state(), node.machine.shell
    checks.equal((appliance.running_version(shell), facts.running_slot(shell), state["last"]["result"]),
                 (places.NEW_VERSION, "b", "succeeded"), f"{node.name} runs the new version")
    ended = datetime.fromisoformat(state["last"]["ended"].replace("Z", "+00:00")).astimezone(timezone.utc).timestamp()
    finished = [entry["reportedAt"] / 1000 for entry in said if entry["type"] == "finished"]
    checks.that(len(finished) == 1 and finished[0] >= int(ended), "success is said once, after the commit", (ended, said))
    checks.that(len(said) < 60, "the server is not flooded with reports", len(said))
    told = wait_until(lambda: stage.operator.attributes(node.name)["version"] == places.NEW_VERSION and
                      stage.operator.attributes(node.name), "the new version is reported", common.PHASE_SECONDS)
    checks.equal((told["slot"], told["last_result"], told["ordered_version"]), ("b", "succeeded", "none"), "with what led to it")
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)
    checks.equal(state["mail"], "flows", f"mail flows through {node.name}")
    operator.report("next", rollout, days_later=days_later)


def _second_group_refuses_and_stops_the_rollout(stage: FleetStage) -> None:
    node, operator, checks = stage.nodes["node-2"], stage.operator, stage.checks
    shell = node.machine.shell
    stage.tell("node-2 has a full disk")
    block_bytes, blocks = map(int, shell.must("stat -f -c '%S %b' /data").split())
    shell.must(f"fallocate -l {block_bytes * blocks * 6 // 10} {_LARGE}")
    checks.equal(operator.begun("all", days_later=1), ["A", "B"], "a day later group B begins")
    node.poll()
    report = operator.until("all", "halted", common.PHASE_SECONDS, days_later=1)
    checks.equal([failure["appliance"] for failure in report["failures"]], ["node-2"], "the rollout is halted by node-2")
    said = report["failures"][0]["said"]
    checks.that("50 % must be free" in said and _LARGE in said, "the reason reaches the server, and what to do", said)
    checks.equal(node.state()["last"]["result"], "refused", "node-2 says the same")
    for days in (2, 3):
        checks.equal(operator.begun("all", days_later=days), ["A", "B"], "the next group stays untouched")
    checks.equal(stage.nodes["node-3"].state()["last"], None, "on node-3 nothing was begun")
    shown = node.machine.shell.must("update-hawkbit --status")
    checks.that(f"version {places.NEW_VERSION}, failure: " in shown, "and the status on the node shows it", shown)


def _mended_node_is_cancelled_and_then_upgraded(stage: FleetStage) -> None:
    node, operator, checks = stage.nodes["node-2"], stage.operator, stage.checks
    node.machine.shell.must(f"rm {_LARGE}")
    stage.tell("node-2 is mended, and cancelled in phase 2")
    operator.create("mended", "B")
    operator.report("start", "mended")
    node.poll()
    _watch_phase_2(stage, node)
    operator.cancel("node-2")
    node.poll()
    wait_until(lambda: operator.action("node-2")["status"] == "canceled", "hawkBit shows it as cancelled", common.PHASE_SECONDS)
    checks.equal((node.state()["state"], node.state()["last"]["result"]), ("idle", "cancelled"), "the job on node-2 has ended as cancelled")
    checks.equal(appliance.running_version(node.machine.shell), places.OLD_VERSION, "and the old version runs")
    checks.equal(node.client()["last"]["ending"], "cancelled", "the client says so, too")
    checks.equal(operator.report("next", "mended")["state"], "halted", "a cancelled appliance is no success")
    stage.tell("node-2 gets it once more")
    operator.create("again", "B")
    operator.report("start", "again")
    node.poll()
    _upgraded(stage, node, "again")
    operator.until("again", "finished", common.PHASE_SECONDS)


def _resumed_rollout_finishes(stage: FleetStage) -> None:
    node, operator, checks = stage.nodes["node-3"], stage.operator, stage.checks
    operator.report("resume", "all", "--despite-failures")
    checks.equal(operator.begun("all", days_later=2), ["A", "B", "C"], "after resume group C begins")
    node.poll()
    _upgraded(stage, node, "all", days_later=2)
    operator.until("all", "finished", common.PHASE_SECONDS, days_later=2)
    checks.that("confirmed by the settings" in str(operator.entries("node-3")), "its settings confirmed it")
    found = operator.versions()
    checks.equal((found[places.NEW_VERSION]["say"], found.get(places.OLD_VERSION, {}).get("say", 0)), (3, 0), "all say the new version")


def _goosebit_is_told_the_truth(stage: FleetStage) -> None:
    """A real server: it orders what runs already, and then what no feed has."""
    node, goosebit = stage.nodes["node-3"], stage.servers.goosebit
    stage.tell("node-3 asks goosebit")
    stage.settle_for_goosebit(node)
    wait_until(lambda: goosebit.devices().get("node-3"), "goosebit knows node-3", common.PHASE_SECONDS)
    for version, expected in ((places.NEW_VERSION, "Finished"), ("9.9.9.9", "Error")):
        goosebit.give("node-3", goosebit.offer(version))
        node.poll()
        wait_until(lambda: goosebit.devices()["node-3"]["last_state"] == expected, f"goosebit shows {expected}", common.PHASE_SECONDS)
    last = node.client()["last"]
    stage.checks.equal((last["version"], last["ending"]), ("9.9.9.9", "failure"), "what no feed has is not installed")
    stage.checks.that("not in the vendor's feed" in last["reason"], "and the reason is said", last)


def _all_mail_has_passed(stage: FleetStage) -> None:
    stage.mail.drain(common.MAIL_SECONDS)
    wait_until(lambda: not stage.mail.account(stage.stored_message_ids()).not_stored, "all is stored", common.MAIL_SECONDS, every=2)
    account = stage.mail.account(stage.stored_message_ids())
    stage.checks.none_of(account.problems(), "every message is accepted, delivered and stored exactly once")
    stage.write_summary(sent=account.sent, stored=account.stored)
