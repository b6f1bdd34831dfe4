"""update-rollout as an operator uses it, with a clock that can be days ahead, and what hawkBit's console shows of it."""
import json
import sys
from datetime import datetime, timedelta
from pathlib import Path

from virtual_lab import places
from virtual_lab.waiting import wait_until

from .fleet_servers import FleetServers

sys.path.append(str(places.CHECKOUT / "updater" / "fleet"))
from rollout import options  # noqa: E402
from rollout.announcements import Announcements  # noqa: E402
from rollout.commands import Commands  # noqa: E402
from rollout.fleet import Fleet  # noqa: E402
from rollout.server import Server  # noqa: E402

USER = PASSWORD = "admin"                             # of the stand-in
MODULE = "firmware"


class Rollouts:
    """All calls go through the proxy, with the site's own authority."""

    def __init__(self, folder: Path, servers: FleetServers):
        folder.mkdir()
        password = folder / "password"
        password.write_text(PASSWORD + "\n")
        password.chmod(0o600)
        self._settings = folder / "rollout.conf"
        self._settings.write_text(f"[hawkbit]\nserver = {servers.url_by_address}\nuser = {USER}\npassword-file = {password}\n"
                                  f"ca-file = {servers.authority.certificate}\n")
        self._management = Server(servers.url_by_address, USER, PASSWORD, str(servers.authority.certificate))

    def set(self, name: str, value) -> None:
        """A setting of the server."""
        self._management.put(f"/system/configs/{name}", {"value": value})

    def add_target(self, name: str, group: str, token: str) -> None:
        self._management.post("/targets", [{"controllerId": name, "name": name, "group": group, "securityToken": token}])

    def create(self, name: str, groups: str, *words: str) -> None:
        self.call("create", name, "--version", places.NEW_VERSION, "--product", MODULE, "--groups", groups,
                  "--server-traffic", "48M", "--canary", "0", "--success", "100", "--wait-hours", "0", *words)

    def call(self, *words: str, days_later: float = 0) -> dict:
        """In this process, because of the clock. The document that it prints."""
        asked = options.parse([*words, "--settings", str(self._settings)])
        server = Server(asked.server, asked.user, options.password(asked.password_file), asked.ca_file)
        return Commands(Fleet(server), Announcements(asked.announce), asked,
                        lambda: datetime.now() + timedelta(days=days_later)).run()[1]

    def report(self, verb: str, name: str, *words: str, days_later: float = 0) -> dict:
        return self.call(verb, name, *words, days_later=days_later)["rollouts"][0]

    def begun(self, name: str, days_later: float = 0) -> list[str]:
        """Calls 'next' as the timer does; the groups that have begun."""
        return [group["group"] for group in self.report("next", name, days_later=days_later)["groups"] if group["begun"]]

    def until(self, name: str, state: str, seconds: float, days_later: float = 0) -> dict:
        def found():
            report = self.report("next", name, days_later=days_later)
            return report if report["state"] == state else None
        return wait_until(found, f"rollout {name} is {state}; it is {json.dumps(self.report('status', name))}", seconds, every=2)

    def action(self, target: str) -> dict:
        """The newest one of an appliance."""
        return self._management.get(f"/targets/{target}/actions", limit=50)["content"][-1]

    def entries(self, target: str) -> list[dict]:
        """What was said about it, the oldest first."""
        return self._management.pages(f"/targets/{target}/actions/{self.action(target)['id']}/status")

    def cancel(self, target: str) -> None:
        self._management.delete(f"/targets/{target}/actions/{self.action(target)['id']}")

    def attributes(self, target: str) -> dict:
        return self._management.get(f"/targets/{target}/attributes")

    def versions(self) -> dict:
        return self.call("versions")["versions"]
