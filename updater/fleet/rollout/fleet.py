"""What hawkBit knows of a rollout and of the fleet, and the few things that are changed there. Nothing is remembered
here: each call asks hawkBit."""
import time
from datetime import datetime

from .failure import Failure, Refused
from .plain import plain_line
from .plan import Plan, Part, from_text, parts_of, to_text
from .server import Server
from .verdict import Group

FINISHED = "finished"                   # in a plan: that it was told
MAX_DEVICES_NAMED = 5
MAX_VERSIONS = 50
PATIENCE_SECONDS = 300                # a large fleet on a small server takes its time
DONE_WITHOUT_WORK = ("scheduled", "creating", "ready")


def local_time(milliseconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(milliseconds / 1000) if milliseconds else None


def quoted(value: str) -> str:
    """A value in a query. Names are checked before; this is for those that come from hawkBit."""
    if "'" in value or "\\" in value:
        raise Failure(f"hawkBit has a name that can't be asked for: {value[:100]!r}", "rename it")
    return f"'{value}'"


class Rollout:
    """One rollout as hawkBit has it."""

    def __init__(self, server: Server, document: dict):
        self._server = server
        self.id, self.name, self.status = int(document["id"]), str(document["name"]), str(document["status"])
        self.created_at = local_time(document.get("createdAt"))
        self.plan = from_text(document.get("description"))
        self._path = f"/rollouts/{self.id}"

    def groups(self) -> list[Group]:
        """In their order, with the appliances counted by how their action ended."""
        return [self._group(found) for found in sorted(self._server.pages(f"{self._path}/deploygroups", representation="full"),
                                                       key=lambda found: found["id"])]

    def _group(self, found: dict) -> Group:
        counts = found.get("totalTargetsPerStatus") or {}
        begun = found["status"] not in DONE_WITHOUT_WORK
        # hawkBit changes a group when it begins and when it ends; while the rollout is paused nothing else does.
        return Group(int(found["id"]), str(found["name"]), str(found.get("description") or found["name"]), begun,
                     local_time(found.get("lastModifiedAt")) if begun else None, int(found["totalTargets"]),
                     int(counts.get("finished", 0)), int(counts.get("error", 0)), int(counts.get("cancelled", 0)))

    def remember(self, plan: Plan) -> None:
        """Keeps the plan in hawkBit."""
        self._server.put(self._path, {"name": self.name, "description": to_text(plan)})
        self.plan = plan

    def refresh(self) -> None:
        self.status = str(self._server.get(self._path)["status"])

    def order(self, verb: str) -> None:
        """start, pause, resume, stop."""
        self._server.post(f"{self._path}/{verb}")

    def wait_for(self, statuses: tuple[str, ...], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            self.refresh()
            if self.status in statuses:
                return
            if time.monotonic() > deadline:
                raise Failure(f"hawkBit has not {what} within {PATIENCE_SECONDS} seconds: "
                              f"rollout {self.name} is '{self.status}'",
                              f"update-rollout status {self.name}")
            time.sleep(0.2)

    def failures(self, group: Group) -> list[dict]:
        """Some of the appliances of a group that failed, with what they said last."""
        query = f"rollout.id=={self.id};rolloutgroup.id=={group.id};status==error"
        actions = self._server.get("/actions", q=query, limit=MAX_DEVICES_NAMED, representation="full")["content"]
        return [self._failure(action) for action in actions]

    def _failure(self, action: dict) -> dict:
        target = str(action["_links"]["target"]["href"]).rsplit("/", 1)[-1]
        entries = self._server.get(f"/targets/{target}/actions/{int(action['id'])}/status", limit=1, sort="id:DESC")["content"]
        said = [str(message) for entry in entries for message in entry.get("messages") or []]
        return {"appliance": plain_line(target), "said": plain_line(" / ".join(said)[:500])}

    def delete(self) -> None:
        self._server.delete(self._path)


class Fleet:
    """The appliances and the rollouts of one hawkBit server."""

    def __init__(self, server: Server):
        self._server = server

    def rollouts(self) -> list[Rollout]:
        """Those that update-rollout made and that have not ended by its own count: hawkBit calls one finished as soon as
        all actions have ended."""
        query = "status=out=(stopping,stopped,deleting,deleted)"
        found = [Rollout(self._server, document) for document in self._server.pages("/rollouts", q=query)]
        return [rollout for rollout in found if rollout.plan and FINISHED not in rollout.plan.told]

    def rollout(self, name: str) -> Rollout:
        found = self._server.get("/rollouts", q=f"name=={quoted(name)}", limit=2)["content"]
        if not found:
            raise Failure(f"hawkBit at {self._server.name} has no rollout '{name}'", "update-rollout status")
        rollout = Rollout(self._server, found[0])
        if not rollout.plan:
            raise Refused(f"rollout '{name}' was not made by update-rollout", "use hawkBit's own commands for it")
        return rollout

    def appliances(self, group: str) -> int:
        return self._server.count("/targets", f"group=={quoted(group)}")

    def planned(self, plan: Plan) -> list[Part]:
        return parts_of(plan, {group: self.appliances(group) for group in plan.groups})

    def create(self, name: str, product: str, plan: Plan, parts: list[Part], confirm: bool) -> Rollout:
        """A rollout that hawkBit can't continue by itself: each group pauses it as soon as it has begun."""
        appliances = {group: sum(part.appliances for part in parts if part.group == group) for group in plan.groups}
        made = Rollout(self._server, self._server.post("/rollouts", {
            "name": name, "description": to_text(plan), "type": "forced",
            "distributionSetId": self._distribution_set(product, plan.version),
            "targetFilterQuery": f"group=in=({','.join(map(quoted, plan.groups))})",
            "groups": [{"name": part.name, "description": part.group, "targetFilterQuery": f"group=={quoted(part.group)}",
                        "targetPercentage": 100 * part.appliances / appliances[part.group],
                        "confirmationRequired": confirm,
                        "successCondition": {"condition": "THRESHOLD", "expression": "0"},
                        "successAction": {"action": "PAUSE", "expression": ""},
                        "errorCondition": {"condition": "THRESHOLD", "expression": str(100 - plan.success_percent)},
                        "errorAction": {"action": "PAUSE", "expression": ""}} for part in parts]}))
        made.wait_for(("ready", "waiting_for_approval"), "made the groups")
        self._verify(made, parts)
        return made

    def _verify(self, made: Rollout, parts: list[Part]) -> None:
        """hawkBit divides by percents: whether it came out as planned is seen afterwards."""
        found = [(group.name, group.appliances) for group in made.groups()]
        if found != [(part.name, part.appliances) for part in parts]:
            made.delete()
            raise Failure(f"hawkBit divided the groups otherwise than planned: {found}; the rollout was deleted",
                          "did appliances come or go meanwhile? Run the same command again")

    def _distribution_set(self, product: str, version: str) -> int:
        """That of a version. Its module has no file: what is installed is what the vendor's signed feed says."""
        query = f"name=={quoted(product)};version=={quoted(version)}"
        found = self._server.get("/distributionsets", q=query, limit=1)["content"]
        if found:
            return int(found[0]["id"])
        modules = self._server.get("/softwaremodules", q=query, limit=1)["content"]
        module = {"name": product, "version": version, "type": "os"}
        modules = modules or self._server.post("/softwaremodules", [module])
        made = self._server.post("/distributionsets", [{**module, "modules": [{"id": int(modules[0]["id"])}]}])
        return int(made[0]["id"])

    def versions(self, attribute: str) -> dict[str, dict[str, int]]:
        """For each version: how many appliances say that they run it, and how many hawkBit believes to have it."""
        said = self._said_versions(attribute)
        sets = self._server.get("/distributionsets", limit=MAX_VERSIONS, sort="id:DESC")["content"]
        counted = {version: {"say": said.get(version, 0),
                             "hawkbit": self._server.count("/targets", f"installedds.version=={quoted(version)}")}
                   for version in dict.fromkeys([*said, *(str(found["version"]) for found in sets)])}
        total = self._server.count("/targets", "controllerid==*")
        counted["unknown"] = {word: max(0, total - sum(found[word] for found in counted.values()))
                              for word in ("say", "hawkbit")}
        return {version: found for version, found in counted.items() if any(found.values())}

    def _said_versions(self, attribute: str) -> dict[str, int]:
        """Asks one appliance that says a version not seen yet, until there is none."""
        said: dict[str, int] = {}
        name = f"attribute.{attribute}"
        for _ in range(MAX_VERSIONS):
            others = f";{name}=out=({','.join(map(quoted, said))})" if said else ""
            page = self._server.get("/targets", q=f"{name}==*{others}", limit=1)
            if not page["content"]:
                break
            attributes = self._server.get(f"/targets/{page['content'][0]['controllerId']}/attributes")
            version = str(attributes.get(attribute))
            if version in said:
                break
            said[version] = self._server.count("/targets", f"{name}=={quoted(version)}")
        return said
