"""A cluster or a fleet for one scenario, and what can be asked of it."""
import json
from pathlib import Path

from .balancer import Balancer, Sender
from .node import Node
from .playbook import Playbooks, Run

SOURCE = "https://updates.test/firmware-{}.fw"
LONGEST_REFUSAL_SECONDS = 3  # on a busy machine; on a quiet one nothing is refused


class Stage:
    """`names` in the order of the inventory, by group."""

    def __init__(self, folder: Path, collections: Path, nodes: list[Node], groups: dict[str, list[str]]):
        self.folder, self.nodes = folder, {node.name: node for node in nodes}
        self.playbooks = Playbooks(folder, collections)
        self.balancer: Balancer | None = None
        self.sender: Sender | None = None
        self.settings = {"update_control_version": "2.8.1.0", "update_control_source": SOURCE.format("2.8.1.0"),
                         "update_control_poll_seconds": 0.3, "update_control_answer_seconds": 20,
                         "update_control_upgrade_seconds": 60, "update_control_drain_seconds": 30,
                         "update_control_lock_folder": str(folder)}
        self._groups = groups

    def start(self, balanced: bool = True) -> "Stage":
        for node in self.nodes.values():
            node.start()
        if balanced:
            self.balancer = Balancer(self.folder, list(self.nodes.values()))
            self.settings["update_control_balancer_socket"] = str(self.balancer.socket)
            self.balancer.start()
            self.sender = Sender(self.balancer.port)
            self.sender.start()
        return self

    def close(self) -> None:
        if self.sender:
            self.sender.stop()
        if self.balancer:
            self.balancer.stop()
        for node in self.nodes.values():
            node.stop()

    def play(self, playbook: str = "cluster", *arguments: str, **how) -> Run:
        self.write_inventory()
        return self.playbooks.run(playbook, *arguments, **how)

    def versions(self) -> list[str]:
        return [node.state().get("running_version", "down") for node in self.nodes.values()]

    def require_mail_never_stopped(self) -> None:
        """Each message was accepted without a gap, and is stored once on one of the nodes."""
        self.sender.stop()
        gap = self.sender.longest_refusal_seconds
        require(gap < LONGEST_REFUSAL_SECONDS, f"mail was not accepted for {gap:.1f} s: {self.sender.refusals[:5]}")
        require(len(self.sender.accepted) > 10, f"only {len(self.sender.accepted)} messages were sent")
        stored = [name for node in self.nodes.values() for name in node.stored()]
        lost = set(self.sender.accepted) - set(stored)
        require(not lost, f"accepted but not stored: {sorted(lost)[:5]}")
        twice = {name for name in stored if stored.count(name) > 1}
        require(not twice, f"stored twice: {sorted(twice)[:5]}")

    def write_inventory(self) -> None:
        (self.folder / "known_hosts").write_text("".join(node.known_host() + "\n" for node in self.nodes.values()))
        hosts = {node.name: {"ansible_host": node.address, "ansible_port": node.port,
                             "ansible_ssh_private_key_file": str(node.key)} for node in self.nodes.values()}
        variables = {"ansible_user": "root", "ansible_ssh_use_tty": False,
                     "ansible_ssh_common_args": f"-F none -o UserKnownHostsFile={self.folder / 'known_hosts'}", **self.settings}
        groups = {group: {"hosts": {name: hosts[name] for name in names}} for group, names in self._groups.items()}
        # Variables of the nodes are not for localhost, which is where the balancer is.
        content = {"all": {"vars": {name: value for name, value in variables.items() if not name.startswith("ansible_")},
                           "children": {"nodes": {"vars": {name: value for name, value in variables.items()
                                                           if name.startswith("ansible_")}, "children": groups}}}}
        self.playbooks.inventory.write_text(json.dumps(content, indent=1))


def require(condition, message: str) -> None:
    if not condition:
        raise AssertionError(message)


def require_ended(run: Run, well: bool) -> None:
    require((run.rc == 0) == well, f"ansible-playbook ended with {run.rc}:\n{run.log[-6000:]}")
