"""Three nodes, or one emulated machine, behind a real HAProxy, and the collection that upgrades them with the real
ansible-playbook over restricted keys. The scenarios of tests/cluster do the same with stand-ins for nodes; this uses their
parts."""
import sys
from pathlib import Path

from virtual_lab import children, lan, places
from virtual_lab.reachable import Reachable

from .several_nodes import Node, SeveralNodesStage
from .stage import Stage

sys.path.append(str(places.CHECKOUT / "tests" / "cluster"))
from lab.balancer import ASKS_THE_NODE, Balancer  # noqa: E402
from lab.node import WORDS  # noqa: E402
from lab.playbook import install_collection  # noqa: E402
from lab.stage import Stage as Plays  # noqa: E402

BALANCER_ADDRESS = "192.168.77.3"


class ClusterNode(Node):
    """A node as the collection's tests see one: a real appliance whose only key for them leads to update-control."""

    def __init__(self, machine: Reachable, name: str, address: str, folder: Path):
        super().__init__(machine, name, address, folder)
        self.port, self.mail_address, self.mail_port = 22, address, 25
        self.key = folder / "cluster-key"

    def admit_key(self) -> None:
        children.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.key])
        entry = f'command="/usr/bin/update-control --forced {WORDS}",restrict {self.key.with_suffix(".pub").read_text().strip()}'
        self.machine.shell.must(f"echo '{entry}' >>/etc/ssh/authorized_keys/root")

    def stop(self) -> None:
        """The lab closes the machine."""

    def known_host(self) -> str:
        return f"{self.address} " + (places.KEYS / "ssh-host.pub").read_text().strip()


class BehindBalancer:
    """What a stage has whose `nodes`, by their names, stand behind HAProxy. A base beside Stage."""

    def put_behind_balancer(self, order: tuple) -> None:
        """`order` is the order of the inventory."""
        for node in self.nodes.values():
            node.admit_key()
        children.run(["ip", "address", "add", f"{BALANCER_ADDRESS}/24", "dev", lan.INTERFACE])
        self.plays = Plays(self.folder, install_collection(self.folder / "collections"),
                           [self.nodes[name] for name in order], {"cluster": list(order)})
        self.balancer = self.start_balancer(list(self.nodes.values()), self.folder, listen=f"{BALANCER_ADDRESS}:25")
        self.plays.settings.update(update_control_balancer_socket=str(self.balancer.socket), update_control_poll_seconds=2,
                                   update_control_answer_seconds=300, update_control_upgrade_seconds=3600,
                                   update_control_drain_seconds=300, update_control_command_seconds=600)

    def start_balancer(self, nodes: list, folder: Path, **how) -> Balancer:
        folder.mkdir(exist_ok=True)
        balancer = Balancer(folder, nodes, **how)
        self._open.callback(balancer.stop)
        balancer.start()
        return balancer


class ClusterStage(BehindBalancer, SeveralNodesStage):
    """`order` is the order of the inventory."""

    node_class = ClusterNode
    order = ("node-3", "node-2", "node-1")

    def start_appliance(self) -> None:
        """All nodes and the balancer; the senders know its address only."""
        self.start_nodes()
        self.put_behind_balancer(self.order)
        self.begin_mail(BALANCER_ADDRESS)

    def ask_the_node(self, name: str) -> Balancer:
        """A balancer that knows of one node what that says itself."""
        return self.start_balancer([self.nodes[name]], self.folder / "asks-the-node", checks=ASKS_THE_NODE)


class EmulatedClusterStage(BehindBalancer, Stage):
    """A cluster of one node, an emulated machine."""

    NAME = "node-1"

    def start_appliance(self) -> None:
        super().start_appliance()
        self.nodes = {self.NAME: ClusterNode(self.machine, self.NAME, self.address, self.folder / self.NAME)}
        self.put_behind_balancer((self.NAME,))
        self.mail.send_to([BALANCER_ADDRESS])
