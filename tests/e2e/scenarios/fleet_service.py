"""update-hawkbit as a service that has nothing to do: whom it asks, who may ask it, what it takes."""
import time

from harness import facts, fleet_stage
from harness.fleet_stage import FleetStage
from virtual_lab import places
from virtual_lab.waiting import wait_until

from . import common

_MAX_MEMORY_KIB = 20 << 10
_IDLE_SECONDS = 20


def behaves(stage: FleetStage) -> None:
    """In the end all three clients are in contact with the server."""
    _service_is_off_without_settings(stage)
    _only_a_trusted_server_is_asked(stage)
    _service_is_small_and_sleeps(stage)
    _service_is_not_root(stage)


def _service_is_off_without_settings(stage: FleetStage) -> None:
    for node in stage.nodes.values():
        shell = node.machine.shell
        stage.checks.equal((facts.unit_file_state(shell, fleet_stage.SERVICE), facts.active(shell, fleet_stage.SERVICE)),
                           ("enabled", False), f"the service is enabled on {node.name}, and off without its settings")
        answer = shell.run("update-hawkbit --status")
        stage.checks.that(answer.status == 7 and "systemctl status update-hawkbit" in answer.errors,
                          "its status says how to find out", answer.output + answer.errors)


def _only_a_trusted_server_is_asked(stage: FleetStage) -> None:
    """A stranger's certificate, then a secret that others may read, then as it must be."""
    node = stage.nodes["node-1"]
    for each in stage.nodes.values():
        stage.admit(each)
    stage.settle(node, trusts=False)
    status = node.until_client(lambda found: found["problem"], "a problem")
    stage.checks.that("<certificate-authorities>" in status["problem"] and not status["answered_utc"],
                      "a server whose certificate nobody trusts is told nothing, and the status says what to do", status["problem"])
    stage.checks.equal(stage.servers.requests("node-1"), [], "no request reaches it")
    shell, token = node.machine.shell, f"{fleet_stage.FOLDER}/hawkbit-token"
    node.write_settings(stage.servers.url, fleet_stage.TOKEN, stage.devices["node-1"], "ask")
    shell.must(f"chmod 0644 {token} && systemctl restart {fleet_stage.SERVICE}; sleep 1")
    said = shell.must(f"systemctl is-active {fleet_stage.SERVICE}; journalctl --quiet --output=cat --lines=20 --unit={fleet_stage.SERVICE}")
    stage.checks.that(f"chown root:update-hawkbit {token}" in said and not said.startswith("active"),
                      "a token that others may read is not used, and the journal says how to correct it", said)
    shell.must(f"chmod 0640 {token}; systemctl reset-failed {fleet_stage.SERVICE}")
    for each in stage.nodes.values():
        stage.settle(each)
    for each in stage.nodes.values():
        status = each.until_client(lambda found: found["answered_utc"] and not found["problem"], "the server answers")
        stage.checks.equal((status["controller"], status["server"]), (each.name, stage.servers.url), f"{each.name} is known by its name")
        told = wait_until(lambda: stage.operator.attributes(each.name), "config data", common.PHASE_SECONDS)
        stage.checks.equal((told["product"], told["version"], told["slot"]), ("mailsec-appliance", places.OLD_VERSION, "a"),
                           "the server is told what runs")
    seen = {name: {line.split()[-1] for line in stage.servers.requests(name)} for name in stage.nodes}
    stage.checks.equal(seen, {"node-1": {"NONE"}, "node-2": {"NONE"}, "node-3": {"SUCCESS"}},
                       "two prove who they are by a token, one by a certificate that the proxy checks")


def _service_is_small_and_sleeps(stage: FleetStage) -> None:
    nodes = list(stage.nodes.values())
    for node in nodes:
        status = node.client()
        stage.checks.that(status["interval_seconds"] == 300 and status["next_poll_seconds"] > 2 * _IDLE_SECONDS,
                          "the next poll is when the server wants it", status)
    before = [(node.client_process(), node.client_wakeups()) for node in nodes]
    time.sleep(_IDLE_SECONDS)
    after = [(node.client_process(), node.client_wakeups()) for node in nodes]
    stage.checks.equal(after, before, f"no client wakes up in {_IDLE_SECONDS} s between two polls")
    memory = [node.client_memory_kib() for node in nodes]
    stage.tell(f"the clients take {', '.join(map(str, memory))} KiB")
    stage.checks.that(max(memory) <= _MAX_MEMORY_KIB, "a client takes at most 20 MiB", memory)


def _service_is_not_root(stage: FleetStage) -> None:
    node = stage.nodes["node-1"]
    shell, checks = node.machine.shell, stage.checks
    user = shell.must(f"stat -c %U /proc/{node.client_process()}").strip()
    checks.equal(user, "update-hawkbit", "the service has a user of its own")
    found = shell.must("cd /data/update-control/hawkbit && stat -c '%n %U:%G %a' . *").splitlines()
    checks.equal(found, [". update-hawkbit:update-hawkbit 700", "lock update-hawkbit:update-hawkbit 600",
                         "state.json update-hawkbit:update-hawkbit 600"], "which alone can read its state")
    checks.that(shell.run("runuser -u nobody -- update-hawkbit --status").status == 0, "everyone may ask for the status")
    for words in ("--poll", "--confirm", "--deny"):
        answer = shell.run(f"runuser -u nobody -- update-hawkbit {words}")
        checks.that(answer.status == 1 and "Only root may do that." in answer.errors, f"{words} is root's alone", answer.errors)
    bus = "runuser -u update-hawkbit -- busctl call org.updatecontrol.Agent /org/updatecontrol/Agent org.updatecontrol.Agent1"
    checks.equal(shell.run(f"{bus} GetState").status, 0, "its user may ask the agent for the state")
    for method in ("Rollback", "Drain b true", "DropPrevious"):
        answer = shell.run(f"{bus} {method}")
        checks.that(answer.status != 0 and "denied" in answer.errors.lower(), f"but not for {method}", answer.errors)
