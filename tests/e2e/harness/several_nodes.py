"""The stage of a scenario with three nodes. Each is an appliance with a disk and an address of its own; what is before them
(a balancer, a server that leads a fleet) is the subclass's."""
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from virtual_lab import appliance
from virtual_lab.node_machine import NodeMachine
from virtual_lab.reachable import Reachable
from virtual_lab.update_control import UpdateControl
from virtual_lab.waiting import PATIENCE, wait_until

from .node_stage import NodeStage

FIRST_ADDRESS = 11


class Node:
    """One of them."""

    def __init__(self, machine: Reachable, name: str, address: str, folder: Path):
        folder.mkdir(parents=True, exist_ok=True)
        self.machine, self.name, self.address = machine, name, address
        self.updates = UpdateControl(machine, folder)

    def start(self) -> None:
        self.machine.boot()
        self.machine.wait_until_all_units_started(60 * PATIENCE)

    def state(self) -> dict:
        return self.updates.state_or_none() or {}

    def stored(self) -> list[str]:
        return appliance.stored_message_ids(self.machine.shell)


class SeveralNodesStage(NodeStage):
    """stage.machine is the first of `nodes`."""

    NAMES = ("node-1", "node-2", "node-3")
    node_class = Node

    def _make_machine(self) -> NodeMachine:
        with ThreadPoolExecutor(len(self.NAMES)) as pool:
            machines = list(pool.map(self._make_node, range(len(self.NAMES))))
        for machine in machines[1:]:
            self._closing(machine)
        self.nodes = {machine.name: self.node_class(machine, machine.name, machine.address, self.folder / machine.name)
                      for machine in machines}
        return machines[0]

    def _make_node(self, number: int) -> NodeMachine:
        name = self.NAMES[number]
        return NodeMachine(self.folder / name, name, f"192.168.77.{FIRST_ADDRESS + number}", self._disk)

    def start_nodes(self) -> None:
        """Returns when mail flows through all of them."""
        self.tell("starting three nodes")
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            list(pool.map(self.node_class.start, self.nodes.values()))
        for node in self.nodes.values():
            wait_until(lambda: node.state().get("mail") == "flows", f"mail flows through {node.name}", 60 * PATIENCE)

    def stored_message_ids(self) -> list[str]:
        """Of all nodes, without the archive that each of them has."""
        return [one for node in self.nodes.values() for one in node.stored() if not one.endswith("@archive.example>")]
