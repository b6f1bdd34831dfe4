"""The stage of a scenario whose appliance is a node, a container with a disk of its own: it starts in seconds. For what needs
neither a kernel of its own nor a boot loader that is more than its rules."""
from virtual_lab import lan
from virtual_lab.node_machine import NodeMachine
from virtual_lab.waiting import PATIENCE

from .stage import Stage

ADDRESS = "192.168.77.11"


class NodeStage(Stage):
    """Its appliance has a static address, as many real ones have."""

    def _plug_in(self) -> None:
        lan.plug_in(bridge=True)

    def _make_machine(self) -> NodeMachine:
        return NodeMachine(self.folder / "node", "node-1", ADDRESS, self._disk)

    def start_appliance(self) -> None:
        self.tell("starting the node")
        self.machine.boot()
        self.machine.wait_until_all_units_started(60 * PATIENCE)
        self.begin_mail(ADDRESS)
