"""Three nodes as a fleet: each runs update-hawkbit.service against the site's servers, and an operator leads them with
update-rollout. Two have a token, the third one a certificate."""
import json

from virtual_lab.node_machine import NodeMachine
from virtual_lab.waiting import PATIENCE, wait_until

from .fleet_servers import AUTHORITY_WORD, FleetServers
from .rollouts import MODULE, Rollouts
from .several_nodes import Node, SeveralNodesStage

FOLDER = "/etc/update-control"
SETTINGS = f"{FOLDER}/hawkbit.xml"
SERVICE = "update-hawkbit.service"
AUTHORITY = f"{FOLDER}/fleet-authority.pem"
INTERVAL = "00:05:00"                                 # hawkBit's own default
ANSWER_SECONDS = 60 * PATIENCE
TOKEN = f'target-token-file="{FOLDER}/hawkbit-token"'
CERTIFICATE = f'certificate="{FOLDER}/hawkbit.crt" key="{FOLDER}/hawkbit.key"'


class FleetNode(Node):
    """A node with the client of a hawkBit server."""

    def write(self, path: str, text: str, mode: str = "0640") -> None:
        """As the manual tells administrators to."""
        self.machine.shell.must(f"cat >{path} <<'END'\n{text}\nEND\nchown root:update-hawkbit {path} && chmod {mode} {path}")

    def write_settings(self, url: str, access: str, device: str, confirm: str, trusts: bool = True, module: str = MODULE) -> None:
        """Without a module the only one that the server names is the firmware."""
        named = f' module="{module}"' if module else ""
        authorities = f'<certificate-authorities file="{AUTHORITY}"/>' if trusts else ""
        self.write(SETTINGS, f'<hawkbit format="1"><server url="{url}"/><device {device}/><access {access}/>{authorities}'
                             f'<deployment{named} confirm="{confirm}"/></hawkbit>')

    def client(self) -> dict:
        return json.loads(self.machine.shell.must("update-hawkbit --status --json"))

    def client_or_none(self) -> dict | None:
        answer = self.machine.shell.run("update-hawkbit --status --json", timeout=ANSWER_SECONDS)
        return json.loads(answer.output) if answer.status == 0 else None

    def poll(self) -> None:
        self.machine.shell.must("update-hawkbit --poll", timeout=ANSWER_SECONDS)

    def restart_client(self) -> None:
        """The client polls at a random moment of its first seconds: this doesn't wait for it."""
        self.machine.shell.must(f"systemctl restart {SERVICE} && update-hawkbit --poll", timeout=ANSWER_SECONDS)

    def until_client(self, condition, what: str, seconds: float = ANSWER_SECONDS) -> dict:
        """Until its status is so. A client that can't be asked, because the appliance restarts, is asked again."""
        def found():
            status = self.client_or_none()
            return status if status and condition(status) else None
        return wait_until(found, f"the client on {self.name}: {what}", seconds, every=1)

    def client_process(self) -> int:
        return int(self.machine.shell.must(f"systemctl show --property=MainPID --value {SERVICE}"))

    def client_memory_kib(self) -> int:
        return int(self._of_client("VmRSS", "status")[0])

    def client_wakeups(self) -> int:
        """How often its threads have waited so far."""
        return sum(map(int, self._of_client("voluntary_ctxt_switches", "task/*/status")))

    def _of_client(self, name: str, files: str) -> list[str]:
        found = self.machine.shell.must(f"grep -h '^{name}:' /proc/{self.client_process()}/{files}")
        return [line.split()[1] for line in found.splitlines()]


class FleetStage(SeveralNodesStage):
    """Group A is node-1, and so on."""

    node_class = FleetNode
    access = {"node-1": TOKEN, "node-2": TOKEN, "node-3": CERTIFICATE}
    devices = {"node-1": 'id-from="host-name"', "node-2": 'id="node-2"', "node-3": 'id="node-3"'}

    def _make_machine(self) -> NodeMachine:
        self.servers = self._closing(FleetServers(self.folder / "servers"))
        return super()._make_machine()

    def start_appliance(self) -> None:
        """The servers and all nodes, whose clients are off."""
        self.servers.start()
        self.operator = Rollouts(self.folder / "operator", self.servers)
        self.operator.set("pollingTime", INTERVAL)
        self.operator.set("authentication.header.authority", AUTHORITY_WORD)
        for name, group in zip(self.NAMES, "ABC"):
            self.operator.add_target(name, group, f"token-of-{name}")
        self.start_nodes()
        self.begin_mail(self.machine.address)

    def admit(self, node: FleetNode) -> None:
        """Gives it its token, or its certificate and key, and the certificate of the authority to be trusted."""
        node.write(AUTHORITY, self.servers.authority.certificate.read_text().strip(), "0644")
        if self.access[node.name] == TOKEN:
            node.write(f"{FOLDER}/hawkbit-token", f"token-of-{node.name}")
            return
        certificate, key = self.servers.authority.issue(node.name, "clientAuth")
        node.write(f"{FOLDER}/hawkbit.crt", certificate.read_text().strip(), "0644")
        node.write(f"{FOLDER}/hawkbit.key", key.read_text().strip())

    def settle(self, node: FleetNode, trusts: bool = True) -> None:
        """Writes its settings, and begins with them."""
        node.write_settings(self.servers.url, self.access[node.name], self.devices[node.name],
                            "ask" if node.name == "node-1" else "auto", trusts)
        node.restart_client()

    def settle_for_goosebit(self, node: FleetNode) -> None:
        """goosebit has one module, to which it gives a name of its own."""
        node.write_settings(self.servers.goosebit_url, self.access[node.name], self.devices[node.name], "auto", module="")
        node.restart_client()
