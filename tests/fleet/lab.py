"""What a test needs: a server with appliances in groups, update-rollout with a clock that can be ahead, and a
comparison of what the appliances did with what hawkBit shows."""
import dataclasses
import itertools
import sys
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from crowd import Crowd, until
from ddi import Device
from servers import GATEWAY_TOKEN, PASSWORD, USER, HawkbitServer

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "updater" / "fleet"))

from rollout import options  # noqa: E402
from rollout.announcements import Announcements  # noqa: E402
from rollout.commands import Commands  # noqa: E402
from rollout.failure import Failure  # noqa: E402
from rollout.fleet import Fleet  # noqa: E402
from rollout.server import Server  # noqa: E402

OLD, NEW = "2.8.0.0", "2.8.1.0"
PATIENCE_SECONDS = 240
_numbers = itertools.count(1)


class Lab:
    """One server for all tests; each test has groups and a rollout of its own."""

    def __init__(self, server: HawkbitServer, folder: Path):
        self.server, self.folder = server, folder
        self.management = Server(server.url, USER, PASSWORD)
        self.password_file = folder / "password"
        self.password_file.write_text(PASSWORD + "\n")
        self.password_file.chmod(0o600)
        self.told = folder / "told"
        self.announce = folder / "announce"
        self.announce.write_text(f"#!/bin/sh\necho \"$1\" >>'{self.told}'\n")
        self.announce.chmod(0o755)
        self.settings = folder / "rollout.conf"
        self.settings.write_text(f"[hawkbit]\nserver = {server.url}\nuser = {USER}\npassword-file = {self.password_file}\n"
                                 f"announce = {self.announce}\n")

    def fleet(self, *sizes: int, name_of=None) -> "TestFleet":
        """`name_of` gets the prefix of the test and a number from 1 on."""
        return TestFleet(self, f"t{next(_numbers)}", sizes, name_of)

    def call(self, *words: str, days_later: float = 0) -> tuple[int, dict]:
        """update-rollout, in this process, because of the clock."""
        asked = options.parse([*words, "--settings", str(self.settings)])
        server = Server(asked.server, asked.user, options.password(asked.password_file))
        now = lambda: datetime.now() + timedelta(days=days_later)
        code, document, _ = Commands(Fleet(server), Announcements(asked.announce), asked, now).run()
        return code, document


class TestFleet:
    """Appliances in groups A, B, C of this test."""

    def __init__(self, lab: Lab, prefix: str, sizes: tuple[int, ...], name_of=None):
        self._lab, self.prefix, self.rollout = lab, prefix, f"{prefix}-rollout"
        self._crowd: Crowd | None = None
        self.groups = [f"{prefix}{letter}" for letter, _ in zip("ABC", sizes)]
        self.members = {group: [f"{group}-{number:03}" for number in range(size)] for group, size in zip(self.groups, sizes)}
        if name_of:
            numbers = itertools.count(1)
            self.members = {group: [name_of(prefix, next(numbers)) for _ in names] for group, names in self.members.items()}
        targets = [{"controllerId": name, "name": name, "group": group, "securityToken": f"token-of-{name}"}
                   for group, names in self.members.items() for name in names]
        lab.management.post("/targets", targets)
        self.devices = {target["controllerId"]: Device(lab.server.url, target["controllerId"],
                                                       f"TargetToken token-of-{target['controllerId']}", OLD) for target in targets}

    def use_gateway_token(self) -> None:
        for device in self.devices.values():
            device.token = f"GatewayToken {GATEWAY_TOKEN}"

    def create(self, *words: str, version: str = NEW) -> dict:
        code, document = self._lab.call("create", self.rollout, "--version", version, "--product", "mail-appliance", "--groups",
                                        ",".join(self.groups), "--server-traffic", "48M", "--wait-hours", "0", *words)
        assert code == 0, document
        return document

    def start(self) -> dict:
        return self.next("start")

    def next(self, verb: str = "next", *words: str, days_later: float = 0) -> dict:
        """The report of one rollout. Appliances whose group has begun poll soon."""
        report = self._lab.call(verb, self.rollout, *words, days_later=days_later)[1]["rollouts"][0]
        if self._crowd:
            begun = {group["group"] for group in report["groups"] if group["begun"] and group["open"]}
            members = [self.devices[name] for group in begun for name in self.members[group]]
            self._crowd.wake([device for device in members if not {"succeeded", "failed", "cancelled"} & set(device.events)])
        return report

    def refused(self, *words: str) -> str:
        try:
            self._lab.call(words[0], self.rollout, *words[1:])
        except Failure as failure:
            return str(failure)
        raise AssertionError(f"{words} was not refused")

    def begun(self, report: dict) -> list[str]:
        """The groups that have begun, without the prefix of the test."""
        return [group["name"].removeprefix(self.prefix) for group in report["groups"] if group["begun"]]

    def of_group(self, letter: str) -> list[Device]:
        return [self.devices[name] for name in self.members[self.prefix + letter]]

    @contextmanager
    def crowd(self, **how):
        self._crowd = Crowd(list(self.devices.values()), **how)
        try:
            yield self._crowd
        finally:
            self._crowd.close()
            self._crowd = None

    def until(self, state: str, days_later: float = 0, **counts: int) -> dict:
        """Calls 'next' as the timer does, until the rollout is in a state, and the counts over all groups are these."""
        def found():
            report = self.next(days_later=days_later)
            sums = {word: sum(group[word] for group in report["groups"]) for word in counts}
            return report if report["state"] == state and sums == counts else None
        return until(found, PATIENCE_SECONDS, f"{state} {counts}, but {self.next('status')}")

    def actions(self) -> dict[str, dict]:
        """The newest action of each appliance, as hawkBit shows it."""
        rollouts = self._lab.management.get("/rollouts", q=f"name=={self.rollout}")["content"]
        query = f"rollout.id=={rollouts[0]['id']}"
        return {action["_links"]["target"]["href"].rsplit("/", 1)[-1]: action
                for action in self._lab.management.pages("/actions", q=query, representation="full")}

    def action_of(self, device: Device) -> str:
        return self.actions()[device.name]["status"]

    def cancel(self, *devices: Device) -> None:
        actions = self.actions()
        for device in devices:
            self._lab.management.delete(f"/targets/{device.name}/actions/{actions[device.name]['id']}")

    def compare(self) -> None:
        """Nothing is shown that isn't so: what ended at hawkBit is what the appliance did, and it runs what is shown."""
        shown = self.actions()
        for device in self.devices.values():
            status = shown[device.name]["status"]
            ends = [event for event in device.events if event in ("succeeded", "failed", "cancelled")]
            wanted = {"finished": ["succeeded"], "error": ["failed"], "canceled": ["cancelled"]}.get(status, [])
            assert ends == wanted, f"{device.name}: hawkBit shows '{status}', but it did {device.events}"
            assert (device.version == NEW) == (ends == ["succeeded"]) or not ends, f"{device.name}: {device.version} {device.events}"


@dataclasses.dataclass
class Trap:
    """A rollout as people make it by hand: hawkBit itself continues it."""
    lab: Lab
    fleet: TestFleet

    def create(self) -> int:
        sets = self.lab.management.get("/distributionsets", q=f"version=={NEW}", limit=1)["content"]
        made = self.lab.management.post("/rollouts", {
            "name": self.fleet.rollout, "description": "by hand", "distributionSetId": sets[0]["id"], "type": "forced",
            "targetFilterQuery": f"group=in=({','.join(self.fleet.groups)})",
            "groups": [{"name": group, "description": group, "targetFilterQuery": f"group=={group}", "targetPercentage": 100,
                        "confirmationRequired": False,
                        "successCondition": {"condition": "THRESHOLD", "expression": "100"},
                        "successAction": {"action": "NEXTGROUP", "expression": ""},
                        "errorCondition": {"condition": "THRESHOLD", "expression": "0"},
                        "errorAction": {"action": "PAUSE", "expression": ""}} for group in self.fleet.groups]})
        until(lambda: self.status(made["id"]) == "ready", PATIENCE_SECONDS, "a rollout made by hand")
        self.lab.management.post(f"/rollouts/{made['id']}/start")
        return made["id"]

    def status(self, rollout: int) -> str:
        return self.lab.management.get(f"/rollouts/{rollout}")["status"]

    def groups(self, rollout: int) -> list[str]:
        return [group["status"] for group in self.lab.management.get(f"/rollouts/{rollout}/deploygroups")["content"]]
