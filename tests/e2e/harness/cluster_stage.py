"""Three nodes behind a real HAProxy, and the collection that upgrades them with the real ansible-playbook over restricted
keys. The scenarios of tests/cluster do the same with stand-ins for nodes; this uses their parts."""
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from virtual_lab import appliance, children, lan, places
from virtual_lab.node_machine import NodeMachine
from virtual_lab.update_control import UpdateControl
from virtual_lab.waiting import PATIENCE, wait_until

from .node_stage import NodeStage

sys.path.append(str(places.CHECKOUT / "tests" / "cluster"))
from lab.balancer import Balancer  # noqa: E402
from lab.node import WORDS  # noqa: E402
from lab.playbook import install_collection  # noqa: E402
from lab.stage import Stage as Plays  # noqa: E402

BALANCER_ADDRESS = "192.168.77.3"
FIRST_ADDRESS = 11


class ClusterNode:
    """A node as the collection's tests see one: a real appliance whose only key for them leads to update-control."""

    def __init__(self, machine: NodeMachine, folder: Path):
        self.machine, self.name, self.address = machine, machine.name, machine.address
        self.port, self.mail_address, self.mail_port = 22, machine.address, 25
        self.updates = UpdateControl(machine, folder)
        self.key = folder / "cluster-key"

    def admit_key(self) -> None:
        children.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.key])
        entry = f'command="/usr/bin/update-control --forced {WORDS}",restrict {self.key.with_suffix(".pub").read_text().strip()}'
        self.machine.shell.must(f"echo '{entry}' >>/etc/ssh/authorized_keys/root")

    def start(self) -> None:
        self.machine.boot()
        self.machine.wait_until_all_units_started(60 * PATIENCE)

    def stop(self) -> None:
        """The lab closes the machine."""

    def state(self) -> dict:
        return self.updates.state_or_none() or {}

    def stored(self) -> list[str]:
        return appliance.stored_message_ids(self.machine.shell)

    def known_host(self) -> str:
        return f"{self.address} " + (places.KEYS / "ssh-host.pub").read_text().strip()


class ClusterStage(NodeStage):
    """`order` is the order of the inventory. stage.machine is the first of `nodes`."""

    NAMES = ("node-1", "node-2", "node-3")
    order = ("node-3", "node-2", "node-1")

    def _make_machine(self) -> NodeMachine:
        with ThreadPoolExecutor(len(self.NAMES)) as pool:
            machines = list(pool.map(self._make_node, range(len(self.NAMES))))
        for machine in machines[1:]:
            self._closing(machine)
        self.nodes = {machine.name: ClusterNode(machine, self.folder / machine.name) for machine in machines}
        return machines[0]

    def _make_node(self, number: int) -> NodeMachine:
        name = self.NAMES[number]
        return NodeMachine(self.folder / name, name, f"192.168.77.{FIRST_ADDRESS + number}", self._disk)

    def start_appliance(self) -> None:
        """All nodes and the balancer; the senders know its address only."""
        self.tell("starting three nodes")
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            list(pool.map(ClusterNode.start, self.nodes.values()))
        for node in self.nodes.values():
            wait_until(lambda: node.state().get("mail") == "flows", f"mail flows through {node.name}", 60 * PATIENCE)
            node.admit_key()
        children.run(["ip", "address", "add", f"{BALANCER_ADDRESS}/24", "dev", lan.INTERFACE])
        self.plays = Plays(self.folder, install_collection(self.folder / "collections"),
                           [self.nodes[name] for name in self.order], {"cluster": list(self.order)})
        self.balancer = Balancer(self.folder, list(self.nodes.values()), f"{BALANCER_ADDRESS}:25")
        self._open.callback(self.balancer.stop)
        self.balancer.start()
        self.plays.settings.update(update_control_balancer_socket=str(self.balancer.socket), update_control_poll_seconds=2,
                                   update_control_answer_seconds=300, update_control_upgrade_seconds=3600,
                                   update_control_drain_seconds=300, update_control_command_seconds=600)
        self.begin_mail(BALANCER_ADDRESS)

    def stored_message_ids(self) -> list[str]:
        """Of all nodes, without the archive that each of them has."""
        return [one for node in self.nodes.values() for one in node.stored() if not one.endswith("@archive.example>")]
